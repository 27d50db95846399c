package io.stopline.evaluation;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;

/**
 * How far the boxes of a finder lie off the signs that they are meant for, so that crops of a data
 * set can be cut as that finder would have cut them. Immutable.
 *
 * @param margin what a guard's crop has around the box, as a share of its side, on each side, 0..1
 * @param shift by which share of its side at most 95 % of the boxes lie off, each way, 0..0.5
 * @param scale by which share at most 95 % of them are too large or too small, 0..0.9
 */
public record BoxSpread(double margin, double shift, double scale) {

  /** Room around an image, as a share of its side: boxes may reach beyond its edge. */
  private static final double AROUND = 0.5;

  /** So many standard deviations hold 95 % of a normal distribution. */
  private static final double DEVIATIONS = 1.96;

  private static final double CUT = 1.25;

  /**
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public BoxSpread {
    check("margin", margin, 1);
    check("shift", shift, 0.5);
    check("scale", scale, 0.9);
  }

  private static double draw(double within, RandomStream random) {
    double most = CUT * within;
    return Math.max(-most, Math.min(most, within / DEVIATIONS * random.nextGaussian()));
  }

  private static void check(String name, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(
          "%s of boxes is %s; it must lie in 0..%s".formatted(name, value, most));
    }
  }

  /**
   * A crop as the finder would have cut it. What lies beyond the image's edge is as its edge is.
   *
   * @param bounds of the sign in the image
   * @param random decides where in its spread the box lies
   * @return a view of a new image
   */
  public Image crop(Image image, Sample.Bounds bounds, RandomStream random) {
    int padX = (int) Math.ceil(AROUND * image.width());
    int padY = (int) Math.ceil(AROUND * image.height());
    double width = (bounds.right() - bounds.left()) * image.width();
    double height = (bounds.bottom() - bounds.top()) * image.height();
    double middleX =
        padX + (bounds.left() + bounds.right()) / 2 * image.width() + width * draw(shift, random);
    double middleY =
        padY + (bounds.top() + bounds.bottom()) / 2 * image.height() + height * draw(shift, random);
    double size = (1 + 2 * margin) * Math.exp(draw(scale, random));
    Image padded = padded(image, padX, padY);
    int left = clip(middleX - size * width / 2, padded.width() - 1);
    int top = clip(middleY - size * height / 2, padded.height() - 1);
    int right = Math.max(left + 1, clip(middleX + size * width / 2, padded.width()));
    int bottom = Math.max(top + 1, clip(middleY + size * height / 2, padded.height()));
    return padded.view(new Region(left, top, right - left, bottom - top));
  }

  private static int clip(double value, int most) {
    return (int) Math.max(0, Math.min(most, Math.round(value)));
  }

  private static Image padded(Image image, int padX, int padY) {
    int width = image.width() + 2 * padX;
    int height = image.height() + 2 * padY;
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0, to = 0; y < height; y++) {
      int fromY = Math.max(0, Math.min(image.height() - 1, y - padY));
      for (int x = 0; x < width; x++, to += 3) {
        int from = image.index(Math.max(0, Math.min(image.width() - 1, x - padX)), fromY);
        System.arraycopy(image.data(), from, rgb, to, 3);
      }
    }
    return Image.of(width, height, rgb);
  }
}
