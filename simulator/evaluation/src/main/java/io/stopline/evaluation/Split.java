package io.stopline.evaluation;

import io.stopline.sdk.image.Image;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

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
