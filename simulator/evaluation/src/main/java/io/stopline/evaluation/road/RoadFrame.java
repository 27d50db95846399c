package io.stopline.evaluation.road;

import io.stopline.config.images.ImageFiles;
import io.stopline.config.images.UnusableImageException;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.image.Image;
import java.nio.file.Path;
import java.util.List;

/** One photograph of a road and the signs in it. Thread-safe. */
public final class RoadFrame {

  private final String name;
  private final Path file;
  private final int width;
  private final int height;
  private final String sha256;
  private final List<SignBox> signs;

  RoadFrame(String name, Path file, int width, int height, String sha256, List<SignBox> signs) {
    this.name = name;
    this.file = file;
    this.width = width;
    this.height = height;
    this.sha256 = sha256;
    this.signs = List.copyOf(signs);
  }

  /** Unique in its data set: the file's name, with its folders where names recur. */
  public String name() {
    return name;
  }

  /** Where the picture lies. */
  public Path file() {
    return file;
  }

  /** Width of the picture, px. */
  public int width() {
    return width;
  }

  /** Height of the picture, px. */
  public int height() {
    return height;
  }

  /** The signs in the order of the data set, with those that are not to be judged. */
  public List<SignBox> signs() {
    return signs;
  }

  /**
   * Decodes the picture; the caller may keep it.
   *
   * @throws UnusableDatasetException if the picture is damaged; names file and cure
   */
  public Image image() {
    try {
      return ImageFiles.read(file);
    } catch (UnusableImageException e) {
      throw new UnusableDatasetException("road frame: " + e.getMessage(), e);
    }
  }

  /** SHA-256 of the file, lower-case hexadecimal. */
  String sha256() {
    return sha256;
  }

  /** The same picture with other boxes. */
  RoadFrame withSigns(List<SignBox> others) {
    return new RoadFrame(name, file, width, height, sha256, others);
  }

  @Override
  public String toString() {
    return name;
  }
}
