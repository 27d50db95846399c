package io.stopline.sdk.transform;

import io.stopline.sdk.image.Image;
import org.jspecify.annotations.Nullable;

/**
 * A picture in the form in which renderers read it. Those that share one make it once for all of
 * their views, until they are told to forget it. Belongs to one thread.
 */
public final class PictureCopy {

  private long[] pixels = new long[0];
  private @Nullable Image image;
  private int boxX;
  private int boxY;

  /** A copy of nothing. */
  public PictureCopy() {}

  /** The next picture is another one, or its pixels may have changed. */
  public void forget() {
    image = null;
  }

  /** Whether this is what comes of an image by averages over such boxes. */
  boolean isOf(Image other, int otherBoxX, int otherBoxY) {
    return image == other && boxX == otherBoxX && boxY == otherBoxY;
  }

  /** Room for so many pixels; as they were, unless there was less room. */
  long[] pixels(int size) {
    if (pixels.length < size) {
      pixels = new long[size];
    }
    return pixels;
  }

  void made(Image of, int ofBoxX, int ofBoxY) {
    image = of;
    boxX = ofBoxX;
    boxY = ofBoxY;
  }
}
