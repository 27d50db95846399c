package io.stopline.sdk.pipeline;

import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;

/** What judges a region as the next frame of its track: {@code guard::inspect}. */
@FunctionalInterface
public interface Inspector {

  /**
   * Judges a region and updates the track's state.
   *
   * @param region inside the frame's image
   * @param sighting what the finder says of it
   */
  Verdict inspect(Frame frame, Region region, Sighting sighting, TrackState track);
}
