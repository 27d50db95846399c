package io.stopline.studio;

import io.stopline.config.files.WholeFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Drawn pictures as PNG files. */
final class PngFile {

  private PngFile() {}

  /**
   * Writes a picture, whole or not at all.
   *
   * @throws IOException if the file cannot be written
   */
  static void write(BufferedImage picture, Path file) throws IOException {
    WholeFile.write(
        file,
        out -> {
          if (!ImageIO.write(picture, "png", out)) {
            throw new IOException("this Java runtime cannot write PNG files");
          }
        });
  }
}
