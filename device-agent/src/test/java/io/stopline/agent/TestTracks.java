package io.stopline.agent;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;

/** Frames that make incidents. */
final class TestTracks {

  private TestTracks() {}

  /**
   * Tracks of noise, which no model agrees on: one folder a track, each raises one incident. Always
   * the same.
   */
  static Path make(Path folder, int tracks, int frames) throws IOException {
    Path images = folder.resolve("images");
    Random random = new Random(5);
    for (int t = 0; t < tracks; t++) {
      Files.createDirectories(Objects.requireNonNull(picture(images, t, 0).getParent()));
      for (int f = 0; f < frames; f++) {
        Image image = Image.black(32, 32);
        random.nextBytes(image.data());
        ImageFiles.writePng(image, picture(images, t, f));
      }
    }
    return images;
  }

  /** The file of a track's frame. */
  static Path picture(Path images, long track, long frame) {
    return images.resolve("track%03d".formatted(track)).resolve("%02d.png".formatted(frame));
  }
}
