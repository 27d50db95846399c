package io.stopline.sdk.pipeline;

import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.List;

/**
 * Says of tracks what those who see them said of them last, and what is inspected there. Belongs to
 * one thread.
 */
final class Sightings {

  private final RegionProposer finder;
  private final RegionProposer witness;

  /** What the finder itself sees. */
  Sightings(RegionProposer finder) {
    this(finder, finder);
  }

  /**
   * What a witness sees. Its labels are not the finder's, so they are given by name only.
   *
   * @param finder whose way to cut out holds for all
   */
  Sightings(RegionProposer finder, RegionProposer witness) {
    this.finder = finder;
    this.witness = witness;
  }

  /** What is inspected of a track that is seen in this frame. */
  Region crop(Track track, Image frame) {
    return finder.crop(track.region(), frame);
  }

  /** Of a track that is seen in this frame and whose crop is inspected. */
  Sighting of(Track track, Region crop) {
    Detection seen = track.latest();
    if (!witness.rates()) {
      Region box = crop.equals(seen.region()) ? null : within(seen.box(), crop);
      return new Sighting(-1, "", Float.NaN, box, track.course().course());
    }
    List<String> labels = witness.labels();
    boolean named = seen.label() < labels.size();
    return new Sighting(
        named && witness == finder ? seen.label() : -1,
        named ? labels.get(seen.label()) : "",
        seen.probability(),
        within(seen.box(), crop),
        track.course().course());
  }

  /** A box of the frame, px of the crop. */
  private static Region within(Region b, Region r) {
    int left = Math.max(0, Math.min(r.width() - 1, b.x() - r.x()));
    int top = Math.max(0, Math.min(r.height() - 1, b.y() - r.y()));
    int right = Math.max(left + 1, Math.min(r.width(), b.x() + b.width() - r.x()));
    int bottom = Math.max(top + 1, Math.min(r.height(), b.y() + b.height() - r.y()));
    return new Region(left, top, right - left, bottom - top);
  }
}
