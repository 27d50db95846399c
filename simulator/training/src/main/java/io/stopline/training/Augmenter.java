package io.stopline.training;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;

/**
 * Renders augmented images: light first (one table a channel), then geometry (one bilinear pass),
 * blur, crop-shift, cutout and noise. An image depends on its bytes and its seed alone. Belongs to
 * one thread.
 */
public final class Augmenter {

  private static final int CHANNELS = 3;
  private static final double BLURRED = 0.25;
  private static final double CUT = 0.5;

  /** Crop-shift has draws of its own, so that it does not move those of the others. */
  private static final long CROPPED = 0x63726f70;

  private static final int RADIUS = 3;

  /** Standard deviation of a sum of four 16-bit uniforms. */
  private static final float FOUR_UNIFORMS = (float) (65_536 / StrictMath.sqrt(3));

  /** Gamma darkens no image's mean below 0.08, and leaves those that are darker as they are. */
  private static final double LOG_DARKEST = StrictMath.log(0.08);

  /** Standard deviation of an image's values above which noise has its full strength. */
  private static final double CLEAR = 0.12;

  private static final double[] LOGARITHM = new double[256];

  static {
    for (int i = 1; i < LOGARITHM.length; i++) {
      LOGARITHM[i] = StrictMath.log(i / 255.0);
    }
  }

  private final Augmentation ranges;
  private final int width;
  private final int height;
  private final float[] lit;
  private final float[] across;
  private double spread;
  private final double[] grey = new double[256];
  private final float[][] table = new float[CHANNELS][256];
  private final float[] kernel = new float[2 * RADIUS + 1];
  private final RandomStream random = new RandomStream(0);
  private final RandomStream cropped = new RandomStream(0);

  /**
   * @param shape of the images, RGB
   */
  public Augmenter(Augmentation ranges, ImageShape shape) {
    this.ranges = ranges;
    this.width = shape.width();
    this.height = shape.height();
    this.lit = new float[shape.size()];
    this.across = new float[shape.size()];
  }

  /**
   * Renders one image.
   *
   * @param source HWC bytes of an image
   * @param seed of all that is drawn
   * @param out receives values in 0..1
   * @param at index of the first of them
   */
  public void render(byte[] source, long seed, float[] out, int at) {
    // Every draw is taken whether or not it is used, so that one range does not move the others.
    random.reseed(seed);
    double angle = StrictMath.toRadians(symmetric(ranges.rotation()));
    double size = 1 + symmetric(ranges.scale());
    double stretch = StrictMath.sqrt(1 + symmetric(ranges.stretch()));
    double shear = symmetric(ranges.shear());
    double dx = symmetric(ranges.shift()) * width;
    double dy = symmetric(ranges.shift()) * height;
    boolean mirrored = random.nextDouble() < 0.5 && ranges.mirror();
    light(source);
    boolean blurred = random.nextDouble() < BLURRED;
    double blur = random.uniform(0, ranges.blur());
    boolean still =
        angle == 0 && size == 1 && stretch == 1 && shear == 0 && dx == 0 && dy == 0 && !mirrored;
    if (still) {
      System.arraycopy(lit, 0, out, at, lit.length);
    } else {
      // Where an output pixel comes from: the inverse of scale, shear and rotation.
      double cos = StrictMath.cos(angle);
      double sin = StrictMath.sin(angle);
      double sx = (mirrored ? -1 : 1) / (size * stretch);
      double sy = stretch / size;
      warp(cos * sx, (cos * shear - sin) * sy, sin * sx, (sin * shear + cos) * sy, dx, dy, out, at);
    }
    if (blurred && blur > 0.2) {
      blur(blur, out, at);
    }
    crop(RandomStream.derive(seed, CROPPED), out, at);
    cut(out, at);
    // A faint sign is not drowned: its noise shrinks with its contrast.
    noise(random.uniform(0, ranges.noise()) * Math.min(1, spread / CLEAR), out, at);
  }

  private double symmetric(double range) {
    return random.uniform(-range, range);
  }

  /** Gamma, brightness, contrast and colour as one table a channel. */
  private void light(byte[] source) {
    double gamma = StrictMath.exp(symmetric(ranges.gamma()));
    double brightness = 1 + symmetric(ranges.brightness());
    double contrast = 1 + symmetric(ranges.contrast());
    long sum = 0;
    for (byte value : source) {
      sum += value & 0xff;
    }
    double mean = Math.max(1, (double) sum / source.length) / 255;
    if (gamma * StrictMath.log(mean) < LOG_DARKEST) {
      // Night stays night; the same label on a black square would teach nothing.
      gamma = Math.min(gamma, Math.max(1, LOG_DARKEST / StrictMath.log(mean)));
    }
    double level = brightness * StrictMath.pow(mean, gamma);
    for (int i = 0; i < 256; i++) {
      double bent = gamma == 1 ? i / 255.0 : i == 0 ? 0 : StrictMath.exp(gamma * LOGARITHM[i]);
      grey[i] = contrast == 1 ? bent * brightness : level + contrast * (bent * brightness - level);
    }
    for (float[] channel : table) {
      double colour = 1 + symmetric(ranges.colour());
      for (int i = 0; i < 256; i++) {
        channel[i] = (float) Math.max(0, Math.min(1, grey[i] * colour));
      }
    }
    float[] red = table[0];
    float[] green = table[1];
    float[] blue = table[2];
    float total = 0;
    float squares = 0;
    for (int i = 0; i < source.length; i += CHANNELS) {
      lit[i] = red[source[i] & 0xff];
      float value = green[source[i + 1] & 0xff];
      lit[i + 1] = value;
      lit[i + 2] = blue[source[i + 2] & 0xff];
      total += value;
      squares += value * value;
    }
    float pixels = width * height;
    spread = Math.sqrt(Math.max(0, squares / pixels - total / pixels * (total / pixels)));
  }

  private void warp(
      double xx, double xy, double yx, double yy, double dx, double dy, float[] out, int at) {
    double centreX = (width - 1) / 2.0;
    double centreY = (height - 1) / 2.0;
    float stepX = (float) xx;
    float stepY = (float) yx;
    int to = at;
    for (int y = 0; y < height; y++) {
      float startX = (float) (centreX + dx - xx * centreX + xy * (y - centreY));
      float startY = (float) (centreY + dy - yx * centreX + yy * (y - centreY));
      for (int x = 0; x < width; x++) {
        float fromX = Math.max(0, Math.min(width - 1, startX + x * stepX));
        float fromY = Math.max(0, Math.min(height - 1, startY + x * stepY));
        int x0 = (int) fromX;
        int y0 = (int) fromY;
        float fx = fromX - x0;
        float fy = fromY - y0;
        int i00 = CHANNELS * (y0 * width + x0);
        int right = x0 + 1 < width ? CHANNELS : 0;
        int down = y0 + 1 < height ? CHANNELS * width : 0;
        for (int c = 0; c < CHANNELS; c++, i00++) {
          float top = lit[i00] + fx * (lit[i00 + right] - lit[i00]);
          float low = lit[i00 + down];
          float bottom = low + fx * (lit[i00 + down + right] - low);
          out[to++] = top + fy * (bottom - top);
        }
      }
    }
  }

  private void blur(double deviation, float[] out, int at) {
    double sum = 0;
    for (int k = -RADIUS; k <= RADIUS; k++) {
      sum += StrictMath.exp(-k * k / (2 * deviation * deviation));
    }
    for (int k = -RADIUS; k <= RADIUS; k++) {
      kernel[k + RADIUS] = (float) (StrictMath.exp(-k * k / (2 * deviation * deviation)) / sum);
    }
    int row = CHANNELS * width;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < CHANNELS; c++) {
          float value = 0;
          for (int k = -RADIUS; k <= RADIUS; k++) {
            int from = Math.max(0, Math.min(width - 1, x + k));
            value += kernel[k + RADIUS] * out[at + y * row + CHANNELS * from + c];
          }
          across[y * row + CHANNELS * x + c] = value;
        }
      }
    }
    for (int y = 0; y < height; y++) {
      Arrays.fill(out, at + y * row, at + (y + 1) * row, 0);
      for (int k = -RADIUS; k <= RADIUS; k++) {
        int from = Math.max(0, Math.min(height - 1, y + k)) * row;
        float weight = kernel[k + RADIUS];
        for (int i = 0; i < row; i++) {
          out[at + y * row + i] += weight * across[from + i];
        }
      }
    }
  }

  /** Keeps a part of the image, and puts it anywhere into a black one. */
  private void crop(long seed, float[] out, int at) {
    if (ranges.crop() == 0) {
      return;
    }
    cropped.reseed(seed);
    double away = cropped.uniform(0, ranges.crop());
    double share = cropped.nextDouble();
    int lostX = (int) (away * share * width);
    int lostY = (int) (away * (1 - share) * height);
    int fromX = cropped.nextInt(lostX + 1);
    int fromY = cropped.nextInt(lostY + 1);
    int toX = cropped.nextInt(lostX + 1);
    int toY = cropped.nextInt(lostY + 1);
    int row = CHANNELS * width;
    int kept = CHANNELS * (width - lostX);
    System.arraycopy(out, at, across, 0, height * row);
    Arrays.fill(out, at, at + height * row, 0);
    for (int y = 0; y < height - lostY; y++) {
      System.arraycopy(
          across,
          (fromY + y) * row + CHANNELS * fromX,
          out,
          at + (toY + y) * row + CHANNELS * toX,
          kept);
    }
  }

  private void cut(float[] out, int at) {
    boolean wanted = random.nextDouble() < CUT;
    int cutWidth = (int) (random.uniform(0, ranges.cutout()) * width);
    int cutHeight = (int) (random.uniform(0, ranges.cutout()) * height);
    int left = random.nextInt(width - cutWidth + 1);
    int top = random.nextInt(height - cutHeight + 1);
    float red = (float) random.nextDouble();
    float green = (float) random.nextDouble();
    float blue = (float) random.nextDouble();
    if (!wanted) {
      return;
    }
    for (int y = top; y < top + cutHeight; y++) {
      for (int x = left; x < left + cutWidth; x++) {
        int i = at + CHANNELS * (y * width + x);
        out[i] = red;
        out[i + 1] = green;
        out[i + 2] = blue;
      }
    }
  }

  /** One 64-bit draw gives the sum of four uniforms: near enough to a Gaussian, and cheap. */
  private void noise(double deviation, float[] out, int at) {
    if (deviation == 0) {
      return;
    }
    float factor = (float) deviation / FOUR_UNIFORMS;
    for (int i = at; i < at + lit.length; i++) {
      long bits = random.nextLong();
      int sum =
          (int) (bits & 0xffff)
              + (int) (bits >>> 16 & 0xffff)
              + (int) (bits >>> 32 & 0xffff)
              + (int) (bits >>> 48);
      out[i] = Math.max(0, Math.min(1, out[i] + (sum - 131_070) * factor));
    }
  }
}
