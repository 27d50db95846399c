package io.stopline.studio;

import io.stopline.config.files.WholeFile;
import io.stopline.config.images.ImageFiles;
import io.stopline.scene.texture.Srgb;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A sign's face, cut out of a crop: square, the sign's bounds where the class's outline has them.
 * Immutable.
 */
final class Face {

  private static final int LEAST_SIDE = 64;
  private static final int MOST_SIDE = 512;

  private final Image square;
  private final double[] meanLight;

  private Face(Image square, double[] meanLight) {
    this.square = square;
    this.meanLight = meanLight;
  }

  /**
   * Cuts a face.
   *
   * @param crop the region's pixels
   * @param sign the sign itself, in the frame
   * @param region of the crop, in the frame
   * @param bounds of the class's outline in the unit square
   */
  static Face cutFrom(Image crop, TrackFit.Sighting sign, Region region, Rectangle2D bounds) {
    double left = sign.left() - region.x();
    double top = sign.top() - region.y();
    int side = LEAST_SIDE;
    while (side < MOST_SIDE && side < 2 * Math.max(sign.width(), sign.height())) {
      side *= 2;
    }
    Image square = Image.black(side, side);
    for (int y = 0; y < side; y++) {
      double v = ((y + 0.5) / side - bounds.getY()) / bounds.getHeight();
      for (int x = 0; x < side; x++) {
        double u = ((x + 0.5) / side - bounds.getX()) / bounds.getWidth();
        for (int c = 0; c < 3; c++) {
          double value =
              sample(crop, left + u * sign.width() - 0.5, top + v * sign.height() - 0.5, c);
          square.data()[square.index(x, y) + c] = (byte) Math.round(value);
        }
      }
    }
    int x = (int) Math.max(0, Math.min(crop.width() - 1, Math.round(left)));
    int y = (int) Math.max(0, Math.min(crop.height() - 1, Math.round(top)));
    Region inner =
        new Region(
            x,
            y,
            (int) Math.max(1, Math.min(crop.width() - x, Math.round(sign.width()))),
            (int) Math.max(1, Math.min(crop.height() - y, Math.round(sign.height()))));
    return new Face(square, meanLight(crop.view(inner)));
  }

  /** Mean of red, green and blue light (linear, 0..1) in the middle of the sign as recorded. */
  double[] meanLight() {
    return meanLight.clone();
  }

  /** Mean of red, green and blue light (linear, 0..1) in the middle half of a picture. */
  static double[] meanLight(Image image) {
    double[] sum = new double[3];
    int n = 0;
    for (int y = image.height() / 4; y < image.height() - image.height() / 4; y++) {
      for (int x = image.width() / 4; x < image.width() - image.width() / 4; x++) {
        for (int c = 0; c < 3; c++) {
          sum[c] += Srgb.linear(image.data()[image.index(x, y) + c] & 0xff);
        }
        n++;
      }
    }
    for (int c = 0; c < 3; c++) {
      sum[c] /= Math.max(1, n);
    }
    return sum;
  }

  /**
   * Writes the face as PNG.
   *
   * @param gain factors of red, green and blue light
   */
  void write(Path file, double[] gain) throws IOException {
    Image image = square.copy();
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int at = image.index(x, y);
        for (int c = 0; c < 3; c++) {
          double light = Math.min(1, Srgb.linear(image.data()[at + c] & 0xff) * gain[c]);
          image.data()[at + c] = (byte) Math.round(255 * Srgb.encode(light));
        }
      }
    }
    WholeFile.write(file, ImageFiles.encodePng(image));
  }

  private static double sample(Image image, double x, double y, int channel) {
    double cx = Math.max(0, Math.min(image.width() - 1, x));
    double cy = Math.max(0, Math.min(image.height() - 1, y));
    int x0 = (int) cx;
    int y0 = (int) cy;
    int x1 = Math.min(x0 + 1, image.width() - 1);
    int y1 = Math.min(y0 + 1, image.height() - 1);
    double fx = cx - x0;
    double fy = cy - y0;
    return (1 - fy) * ((1 - fx) * at(image, x0, y0, channel) + fx * at(image, x1, y0, channel))
        + fy * ((1 - fx) * at(image, x0, y1, channel) + fx * at(image, x1, y1, channel));
  }

  private static int at(Image image, int x, int y, int channel) {
    return image.data()[image.index(x, y) + channel] & 0xff;
  }
}
