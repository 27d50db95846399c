package io.stopline.evaluation;

import io.stopline.config.images.ImageFiles;
import io.stopline.config.images.UnusableImageException;
import io.stopline.sdk.image.Image;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An image of a sign as a data set lists it.
 *
 * @param label class index
 * @param part where the data set has it: {@code train}, {@code validation}, {@code calibration} or
 *     {@code test}; {@code train} where it has no parts
 * @param track of the physical sign, unique within class and part; empty if nothing tells it
 * @param frame its number within the track, 0 if nothing tells it
 * @param file name of the image, unique within class and part
 * @param pixels decodes the image; may fail with {@link UnusableDatasetException}
 * @param place where the sign lies in the image; null if nothing tells it
 */
public record ListedSign(
    int label,
    String part,
    String track,
    int frame,
    String file,
    Supplier<Image> pixels,
    @Nullable Place place) {

  /**
   * Where a sign lies in its image, px, both ends inclusive as GTSRB's tables have it.
   *
   * @param width of the image
   * @param height of the image
   */
  public record Place(int width, int height, int left, int top, int right, int bottom) {

    /** The same as shares of the image; null if it is no place within it. */
    Sample.@Nullable Bounds bounds() {
      double w = Math.max(1, width);
      double h = Math.max(1, height);
      return left < right && top < bottom && right <= w && bottom <= h
          ? new Sample.Bounds(left / w, top / h, right / w, bottom / h)
          : null;
    }
  }

  /** An image in a file of its own, decoded each time that it is asked for. */
  static Supplier<Image> decode(Path file) {
    return () -> {
      try {
        return ImageFiles.read(file);
      } catch (UnusableImageException e) {
        throw new UnusableDatasetException(
            "data set: " + e.getMessage() + "; take it out of the data set or fetch it again", e);
      }
    };
  }

  /** Whether the data set says which physical sign it shows. */
  boolean hasTrack() {
    return !track.isEmpty();
  }
}
