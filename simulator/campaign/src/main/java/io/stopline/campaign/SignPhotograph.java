package io.stopline.campaign;

import io.stopline.evaluation.Sample;
import io.stopline.scene.texture.Srgb;
import io.stopline.sdk.image.Image;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sign in one photograph, and what it looks like with something on its face. White film is as
 * bright as the brightest of the sign's own picture allows, and edges are mixed in linear light.
 * Immutable.
 *
 * @param image the crop
 * @param bounds of the sign in it
 * @param white linear light of white film, 0..1, one a channel
 */
public record SignPhotograph(Image image, Sample.Bounds bounds, List<Float> white) {

  /** Where a sign lies in a crop of which nobody said it: a tenth of its side as margin. */
  private static final Sample.Bounds USUAL =
      new Sample.Bounds(1 / 12.0, 1 / 12.0, 11 / 12.0, 11 / 12.0);

  /** Share of a channel's values that are brighter than what is taken for white film. */
  private static final double BRIGHTER_THAN_WHITE = 0.02;

  public SignPhotograph {
    white = List.copyOf(white);
  }

  /** What lies on a sign's face. */
  public interface Sheet {

    /** Side of its square picture, px. */
    int side();

    /**
     * Adds what is at one pixel of that picture.
     *
     * @param sum light of red, green and blue, premultiplied, white film being 1, and the cover
     */
    void addTo(double[] sum, int pixel);
  }

  /** The sign of a frame; where nobody said its bounds they are those of a usual crop. */
  public static SignPhotograph of(Sample frame) {
    Image image = frame.image();
    Sample.Bounds bounds = frame.bounds();
    return new SignPhotograph(image, bounds == null ? USUAL : bounds, white(image));
  }

  private static List<Float> white(Image image) {
    List<Float> white = new ArrayList<>();
    int[] values = new int[image.width() * image.height()];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = image.data()[image.index(i % image.width(), i / image.width()) + c] & 0xff;
      }
      Arrays.sort(values);
      int at = (int) ((1 - BRIGHTER_THAN_WHITE) * (values.length - 1));
      white.add(Srgb.linear(values[at]));
    }
    return white;
  }

  /** Height of the sign, px. */
  public double heightPixels() {
    return (bounds.bottom() - bounds.top()) * image.height();
  }

  /**
   * The photograph with something on the sign.
   *
   * @param fine each pixel is mixed from so many places in each direction, at least 1
   */
  public Image with(Sheet sheet, int fine) {
    Image over = Image.black(image.width(), image.height());
    double[] sum = new double[4];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        look(sheet, fine, x, y, sum);
        int from = image.index(x, y);
        int to = over.index(x, y);
        for (int c = 0; c < 3; c++) {
          byte value = image.data()[from + c];
          if (sum[3] > 0) {
            double light = Srgb.linear(value & 0xff) * (1 - sum[3]) + white.get(c) * sum[c];
            value = (byte) Math.round(255 * Srgb.encode(Math.max(0, Math.min(1, light))));
          }
          over.data()[to + c] = value;
        }
      }
    }
    return over;
  }

  /** The mean of a sheet over a pixel. */
  private void look(Sheet sheet, int fine, int x, int y, double[] sum) {
    Arrays.fill(sum, 0);
    int side = sheet.side();
    for (int j = 0; j < fine; j++) {
      double v = (y + (j + 0.5) / fine) / image.height();
      int row = place(v, bounds.top(), bounds.bottom(), side);
      for (int i = 0; i < fine && row >= 0; i++) {
        double u = (x + (i + 0.5) / fine) / image.width();
        int column = place(u, bounds.left(), bounds.right(), side);
        if (column >= 0) {
          sheet.addTo(sum, row * side + column);
        }
      }
    }
    for (int c = 0; c < 4; c++) {
      sum[c] /= fine * fine;
    }
  }

  private static int place(double at, double low, double high, int side) {
    double share = (at - low) / (high - low);
    return share < 0 || share >= 1 ? -1 : (int) (share * side);
  }
}
