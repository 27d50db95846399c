package io.stopline.evaluation;

import io.stopline.sdk.image.Image;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named part of a data set. Parts never share a track.
 *
 * @param name {@code train}, {@code validation}, {@code calibration} or {@code test}
 * @param samples in the order of the index
 * @param tracks in the order of the index; empty if the data set does not know the tracks of this
 *     part
 */
public record Split(String name, List<Sample> samples, List<Track> tracks) {

  public Split {
    samples = List.copyOf(samples);
    tracks = List.copyOf(tracks);
  }

  /** How many physical signs the samples show; null if nothing says so of every one of them. */
  public @Nullable Integer signs() {
    return samples.stream().allMatch(s -> s.hasTrack() && !s.isTrackOfItsOwn())
        ? (int) samples.stream().map(Sample::track).distinct().count()
        : null;
  }

  /** SHA-256 over the raw RGB pixels of the samples, in order; lower-case hexadecimal. */
  public String sha256() {
    MessageDigest digest = Sha256.digest();
    for (Sample sample : samples) {
      Image image = sample.image();
      for (int y = 0; y < image.height(); y++) {
        digest.update(image.data(), image.index(0, y), 3 * image.width());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
