package io.stopline.attacks.corruption;

import io.stopline.sdk.random.RandomStream;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** What processing does. */
final class DigitalKinds {

  private static final double[] CONTRAST_SMALL = {0.75, 0.5, 0.4, 0.3, 0.15};
  private static final double[] CONTRAST_LARGE = {0.4, 0.3, 0.2, 0.1, 0.05};

  /** Strength, smoothness and corner shift, over the side. */
  private static final double[][] ELASTIC_SMALL = {
    {0, 0, 0.08}, {0.05, 0.2, 0.07}, {0.08, 0.06, 0.06}, {0.1, 0.04, 0.05}, {0.1, 0.03, 0.03}
  };

  private static final double[][] ELASTIC_LARGE = {
    {2, 0.7, 0.1}, {2, 0.08, 0.2}, {0.05, 0.01, 0.02}, {0.07, 0.01, 0.02}, {0.12, 0.01, 0.02}
  };

  private static final double[] PIXELATE_SMALL = {0.95, 0.9, 0.85, 0.75, 0.65};
  private static final double[] PIXELATE_LARGE = {0.6, 0.5, 0.4, 0.3, 0.25};
  private static final int[] QUALITY_SMALL = {80, 65, 58, 50, 40};
  private static final int[] QUALITY_LARGE = {25, 18, 15, 10, 7};

  private DigitalKinds() {}

  static Raster contrast(Raster picture, int level) {
    double kept = (picture.small() ? CONTRAST_SMALL : CONTRAST_LARGE)[level];
    double[] means = new double[3];
    int pixels = picture.height * picture.width;
    for (int k = 0; k < picture.values.length; k++) {
      means[k % 3] += picture.values[k] / pixels;
    }
    for (int k = 0; k < picture.values.length; k++) {
      picture.values[k] = (picture.values[k] - means[k % 3]) * kept + means[k % 3];
    }
    return picture;
  }

  /** A random affine map of three points, then a smooth random field of shifts. */
  static Raster elastic(Raster picture, int level, RandomStream random) {
    double[] elastic = (picture.small() ? ELASTIC_SMALL : ELASTIC_LARGE)[level];
    double side = Math.min(picture.height, picture.width);
    double[] back = inverseAffine(picture, elastic[2] * side, random);
    Raster moved = picture.blank();
    for (int y = 0; y < picture.height; y++) {
      for (int x = 0; x < picture.width; x++) {
        double fromX = back[0] * x + back[1] * y + back[2];
        double fromY = back[3] * x + back[4] * y + back[5];
        for (int c = 0; c < 3; c++) {
          moved.values[moved.index(y, x) + c] = picture.between(fromY, fromX, c);
        }
      }
    }
    double strength = elastic[0] * side;
    if (strength == 0) {
      return moved;
    }
    Raster down = field(picture, elastic[1] * side, random);
    Raster right = field(picture, elastic[1] * side, random);
    Raster out = picture.blank();
    for (int y = 0; y < picture.height; y++) {
      for (int x = 0; x < picture.width; x++) {
        int p = y * picture.width + x;
        for (int c = 0; c < 3; c++) {
          out.values[3 * p + c] =
              moved.between(y + strength * down.values[p], x + strength * right.values[p], c);
        }
      }
    }
    return out;
  }

  private static Raster field(Raster picture, double sigma, RandomStream random) {
    Raster noise = new Raster(picture.height, picture.width, 1);
    for (int k = 0; k < noise.values.length; k++) {
      noise.values[k] = random.uniform(-1, 1);
    }
    return Filters.gaussian(noise, sigma);
  }

  /** Coefficients that tell from where a pixel comes, for x and for y. */
  private static double[] inverseAffine(Raster picture, double shift, RandomStream random) {
    double middleY = picture.height / 2.0;
    double middleX = picture.width / 2.0;
    double arm = Math.min(picture.height, picture.width) / 3.0;
    double[] x = {middleX + arm, middleX + arm, middleX - arm};
    double[] y = {middleY + arm, middleY - arm, middleY - arm};
    double[] toX = new double[3];
    double[] toY = new double[3];
    for (int i = 0; i < 3; i++) {
      toX[i] = x[i] + random.uniform(-shift, shift);
      toY[i] = y[i] + random.uniform(-shift, shift);
    }
    double[] forX = plane(toX, toY, x);
    double[] forY = plane(toX, toY, y);
    return new double[] {forX[0], forX[1], forX[2], forY[0], forY[1], forY[2]};
  }

  /** The plane a·x + b·y + c through three points. */
  private static double[] plane(double[] x, double[] y, double[] z) {
    double det = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]);
    double a = ((z[1] - z[0]) * (y[2] - y[0]) - (z[2] - z[0]) * (y[1] - y[0])) / det;
    double b = ((x[1] - x[0]) * (z[2] - z[0]) - (x[2] - x[0]) * (z[1] - z[0])) / det;
    return new double[] {a, b, z[0] - a * x[0] - b * y[0]};
  }

  static Raster pixelate(Raster picture, int level) {
    double share = (picture.small() ? PIXELATE_SMALL : PIXELATE_LARGE)[level];
    int rows = Math.max(1, (int) (picture.height * share));
    int columns = Math.max(1, (int) (picture.width * share));
    Raster few = new Raster(rows, columns, 3);
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        average(
            picture,
            (double) y * picture.height / rows,
            (y + 1.0) * picture.height / rows,
            (double) x * picture.width / columns,
            (x + 1.0) * picture.width / columns,
            few,
            few.index(y, x));
      }
    }
    Raster out = picture.blank();
    for (int y = 0; y < picture.height; y++) {
      for (int x = 0; x < picture.width; x++) {
        int from =
            few.index(
                (int) ((y + 0.5) * rows / picture.height),
                (int) ((x + 0.5) * columns / picture.width));
        System.arraycopy(few.values, from, out.values, out.index(y, x), 3);
      }
    }
    return out;
  }

  /** Mean over a rectangle that may cut pixels. */
  private static void average(
      Raster picture, double top, double bottom, double left, double right, Raster into, int at) {
    for (int y = (int) top; y < Math.min(picture.height, Math.ceil(bottom)); y++) {
      double rows = Math.min(bottom, y + 1) - Math.max(top, y);
      for (int x = (int) left; x < Math.min(picture.width, Math.ceil(right)); x++) {
        double columns = Math.min(right, x + 1) - Math.max(left, x);
        double weight = rows * columns / ((bottom - top) * (right - left));
        for (int c = 0; c < 3; c++) {
          into.values[at + c] += weight * picture.values[picture.index(y, x) + c];
        }
      }
    }
  }

  static Raster jpeg(Raster picture, int level) {
    float quality = (picture.small() ? QUALITY_SMALL : QUALITY_LARGE)[level] / 100f;
    BufferedImage image =
        new BufferedImage(picture.width, picture.height, BufferedImage.TYPE_INT_RGB);
    picture.clip();
    for (int y = 0; y < picture.height; y++) {
      for (int x = 0; x < picture.width; x++) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          rgb = (rgb << 8) | (int) Math.round(255 * picture.values[picture.index(y, x) + c]);
        }
        image.setRGB(x, y, rgb);
      }
    }
    try {
      BufferedImage coded = ImageIO.read(new ByteArrayInputStream(encode(image, quality)));
      for (int y = 0; y < picture.height; y++) {
        for (int x = 0; x < picture.width; x++) {
          int rgb = coded.getRGB(x, y);
          for (int c = 0; c < 3; c++) {
            picture.values[picture.index(y, x) + c] = ((rgb >> (8 * (2 - c))) & 0xff) / 255.0;
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a JPEG in memory could not be coded", e);
    }
    return picture;
  }

  private static byte[] encode(BufferedImage image, float quality) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(quality);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
