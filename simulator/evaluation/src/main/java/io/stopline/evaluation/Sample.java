package io.stopline.evaluation;

import io.stopline.sdk.image.Image;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One labelled image of a data set.
 *
 * @param label class index
 * @param track the physical sign it shows, unique within the data set; empty if it is not known
 * @param frame its number within the track, 0 for the first; 0 if there is no track
 * @param file name of the original
 * @param pixels decodes the image; may fail with {@link UnusableDatasetException}
 * @param bounds where in the image the sign itself lies; null if it is not known
 */
public record Sample(
    int label,
    String track,
    int frame,
    String file,
    Supplier<Image> pixels,
    @Nullable Bounds bounds) {

  /**
   * Edges as shares of the image's width and height, 0..1.
   *
   * @param right above {@code left}
   * @param bottom above {@code top}
   */
  public record Bounds(double left, double top, double right, double bottom) {}

  /** A sample of which nobody said where the sign lies in it. */
  public Sample(int label, String track, int frame, String file, Supplier<Image> pixels) {
    this(label, track, frame, file, pixels, null);
  }

  /** The image. Its bytes are shared with other samples: never write to them. */
  public Image image() {
    return pixels.get();
  }

  /** Whether it is known which physical sign this shows. */
  public boolean hasTrack() {
    return !track.isEmpty();
  }

  /**
   * Whether nothing says which other images show the same sign: its track is then named after its
   * file and has this image alone.
   */
  public boolean isTrackOfItsOwn() {
    return track.endsWith("/" + file);
  }
}
