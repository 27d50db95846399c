package io.stopline.autodiff;

/**
 * Size of one image in a batch. A batch is one {@code float[]} in NHWC order: value {@code ((n ·
 * height + y) · width + x) · channels + c}.
 *
 * @param height px
 * @param width px
 * @param channels 3 for RGB
 */
public record ImageShape(int height, int width, int channels) {
  public ImageShape {
    if (height < 1 || width < 1 || channels < 1) {
      throw new IllegalArgumentException(
          "image of %d×%d×%d; every side must be at least 1".formatted(height, width, channels));
    }
  }

  /** Values in one image. */
  public int size() {
    return height * width * channels;
  }
}
