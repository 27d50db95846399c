package io.stopline.training.detection;

import io.stopline.attacks.physical.LinearLight;
import io.stopline.sdk.image.Image;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A square cut out of a frame, and the signs in it. Memory is kept; belongs to one thread. */
final class Crop {

  private static final int CHANNELS = 3;

  /** What is outside the frame, as where a detector fills up its input. */
  private static final byte GREY = (byte) 128;

  /** Below this factor a pixel of the crop is the mean of four places of the frame. */
  private static final double COARSE = 0.8;

  private static final double[] LIGHT = light();

  /** Shares of a photographed sign's values that a projector shows as black and as white. */
  private static final double BLACK = 0.05;

  private static final double WHITE = 0.97;

  final int side;
  final byte[] rgb;
  final List<SceneSign> signs = new ArrayList<>();

  private final boolean repeats;

  /**
   * @param side px
   * @param repeats whether a place outside the frame has the colour of the nearest inside; else
   *     grey
   */
  Crop(int side, boolean repeats) {
    this.side = side;
    this.repeats = repeats;
    this.rgb = new byte[CHANNELS * side * side];
  }

  /**
   * From a place of the crop to a place of the frame: {@code frame = centre + matrix · (crop −
   * anchor)}.
   */
  record View(
      double centreX,
      double centreY,
      double anchorX,
      double anchorY,
      double xx,
      double xy,
      double yx,
      double yy) {

    /**
     * A view that shows a place of the frame at a place of the crop.
     *
     * @param factor crop pixels a frame pixel
     * @param angle in radians
     * @param mirrored whether left and right change places
     */
    static View of(
        double centreX,
        double centreY,
        double anchorX,
        double anchorY,
        double factor,
        double angle,
        boolean mirrored) {
      double cos = Math.cos(angle) / factor;
      double sin = Math.sin(angle) / factor;
      double m = mirrored ? -1 : 1;
      return new View(centreX, centreY, anchorX, anchorY, m * cos, -m * sin, sin, cos);
    }

    double frameX(double x, double y) {
      return centreX + xx * (x - anchorX) + xy * (y - anchorY);
    }

    double frameY(double x, double y) {
      return centreY + yx * (x - anchorX) + yy * (y - anchorY);
    }

    /** Crop pixels a frame pixel. */
    double factor() {
      return 1 / Math.hypot(xx, yx);
    }

    double cropX(double x, double y) {
      double determinant = xx * yy - xy * yx;
      return anchorX + (yy * (x - centreX) - xy * (y - centreY)) / determinant;
    }

    double cropY(double x, double y) {
      double determinant = xx * yy - xy * yx;
      return anchorY + (xx * (y - centreY) - yx * (x - centreX)) / determinant;
    }
  }

  /** Cuts. Signs keep their size, scaled, about their turned middle. */
  void cut(SceneFrame frame, View view) {
    if (view.factor() < COARSE) {
      coarse(frame, view);
    } else {
      fine(frame, view);
    }
    signs.clear();
    for (SceneSign sign : frame.signs()) {
      double x = (sign.left() + sign.right()) / 2;
      double y = (sign.top() + sign.bottom()) / 2;
      double middleX = view.cropX(x, y);
      double middleY = view.cropY(x, y);
      double w = sign.width() * view.factor() / 2;
      double h = sign.height() * view.factor() / 2;
      if (middleX + w > 0 && middleY + h > 0 && middleX - w < side && middleY - h < side) {
        signs.add(new SceneSign(middleX - w, middleY - h, middleX + w, middleY + h, sign.label()));
      }
    }
  }

  private void fine(SceneFrame frame, View view) {
    byte[] data = frame.rgb();
    int width = frame.width();
    int height = frame.height();
    int row = CHANNELS * width;
    for (int y = 0, to = 0; y < side; y++) {
      float fromX = (float) view.frameX(0.5, y + 0.5) - 0.5f;
      float fromY = (float) view.frameY(0.5, y + 0.5) - 0.5f;
      float stepX = (float) view.xx();
      float stepY = (float) view.yx();
      for (int x = 0; x < side; x++, to += CHANNELS) {
        float sx = fromX + x * stepX;
        float sy = fromY + x * stepY;
        if (!repeats && !(sx > -0.5f && sy > -0.5f && sx < width - 0.5f && sy < height - 0.5f)) {
          Arrays.fill(rgb, to, to + CHANNELS, GREY);
          continue;
        }
        float cx = Math.max(0, Math.min(width - 1.001f, sx));
        float cy = Math.max(0, Math.min(height - 1.001f, sy));
        int x0 = (int) cx;
        int y0 = (int) cy;
        int wx = (int) ((cx - x0) * 256);
        int wy = (int) ((cy - y0) * 256);
        int i = y0 * row + CHANNELS * x0;
        for (int c = 0; c < CHANNELS; c++, i++) {
          int top = (data[i] & 0xff) * (256 - wx) + (data[i + CHANNELS] & 0xff) * wx;
          int low = (data[i + row] & 0xff) * (256 - wx) + (data[i + row + CHANNELS] & 0xff) * wx;
          rgb[to + c] = (byte) ((top * (256 - wy) + low * wy + 32_768) >> 16);
        }
      }
    }
  }

  /** Four nearest places a pixel: enough against jagged edges where the frame shrinks. */
  private void coarse(SceneFrame frame, View view) {
    byte[] data = frame.rgb();
    int width = frame.width();
    int height = frame.height();
    for (int y = 0, to = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int red = 2;
        int green = 2;
        int blue = 2;
        for (int s = 0; s < 4; s++) {
          double px = x + 0.25 + 0.5 * (s & 1);
          double py = y + 0.25 + 0.5 * (s >> 1);
          int sx = (int) Math.floor(view.frameX(px, py));
          int sy = (int) Math.floor(view.frameY(px, py));
          if (repeats) {
            sx = Math.max(0, Math.min(width - 1, sx));
            sy = Math.max(0, Math.min(height - 1, sy));
          }
          if (sx < 0 || sy < 0 || sx >= width || sy >= height) {
            red += GREY & 0xff;
            green += GREY & 0xff;
            blue += GREY & 0xff;
          } else {
            int i = CHANNELS * (sy * width + sx);
            red += data[i] & 0xff;
            green += data[i + 1] & 0xff;
            blue += data[i + 2] & 0xff;
          }
        }
        rgb[to++] = (byte) (red >> 2);
        rgb[to++] = (byte) (green >> 2);
        rgb[to++] = (byte) (blue >> 2);
      }
    }
  }

  /**
   * Pastes a sign.
   *
   * @param place of the sign's box
   * @param gain of all colours
   * @param decoy what is pasted instead of the sign, under its outline; null for the sign itself
   */
  void paste(SignCell cell, Place place, double gain, @Nullable Crop decoy) {
    inside(
        cell,
        place,
        (to, opacity, sx, sy) -> {
          for (int c = 0; c < CHANNELS; c++) {
            double value =
                decoy == null
                    ? gain * sample(cell, sx, sy, c)
                    : decoy.rgb[upsideDown(to) + c] & 0xff;
            double under = rgb[to + c] & 0xff;
            rgb[to + c] = (byte) Math.max(0, Math.min(255, under + opacity * (value - under)));
          }
        });
    if (decoy == null) {
      signs.add(
          new SceneSign(
              place.x(),
              place.y(),
              place.x() + place.width(),
              place.y() + place.height(),
              cell.label()));
    }
  }

  /**
   * Throws the picture of a sign on what is there, as a projector does. Light only adds: whatever
   * comes back is a multiple of what came back before, and black stays what it was. The whole crop
   * is then exposed so that little of it is too bright. No sign is added.
   *
   * @param place of the sign's box in the crop
   * @param irradiance of white, in times the light that is there
   * @param brightest what the brightest value becomes where it is too bright, share of full scale
   */
  void shine(SignCell cell, Place place, double irradiance, double brightest) {
    double[] light = new double[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      light[i] = LIGHT[rgb[i] & 0xff];
    }
    int[] counts = counts(cell);
    double black = LIGHT[below(counts, BLACK)];
    double white = Math.max(LIGHT[below(counts, WHITE)], black + 0.01);
    inside(
        cell,
        place,
        (to, opacity, sx, sy) -> {
          for (int c = 0; c < CHANNELS; c++) {
            double picture = (LIGHT[(int) sample(cell, sx, sy, c)] - black) / (white - black);
            light[to + c] *= 1 + irradiance * opacity * Math.max(0, Math.min(1, picture));
          }
        });
    double most = Arrays.stream(light).max().orElseThrow();
    double exposure = Math.min(1, brightest / most);
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.round(255 * LinearLight.encode(exposure * light[i]));
    }
  }

  /** What a value of 8 bits is as light. */
  private static double[] light() {
    return IntStream.range(0, 256).mapToDouble(v -> LinearLight.decode(v / 255.0)).toArray();
  }

  /** How often each value of 8 bits comes in a picture. */
  private static int[] counts(SignCell cell) {
    Image image = cell.image();
    int[] counts = new int[256];
    for (int y = 0; y < image.height(); y++) {
      int row = image.index(0, y);
      for (int i = row; i < row + CHANNELS * image.width(); i++) {
        counts[image.data()[i] & 0xff]++;
      }
    }
    return counts;
  }

  /** The value that a share of the values lie below. */
  private static int below(int[] counts, double share) {
    long left = (long) (share * Arrays.stream(counts).asLongStream().sum());
    int value = 0;
    while (value < counts.length - 1 && (left -= counts[value]) >= 0) {
      value++;
    }
    return value;
  }

  /**
   * Where a sign's box lies in a crop.
   *
   * @param x left edge, px
   * @param y top edge
   * @param width of the box
   * @param height of the box
   * @param angle by which it is turned, in radians
   */
  record Place(double x, double y, double width, double height, double angle) {}

  /** What is done to a pixel that a sign's picture covers. */
  private interface Dot {

    /**
     * @param to index of the pixel's first value
     * @param opacity above 0, at most 1
     * @param sx where it lies in the sign's picture, share of the width
     * @param sy share of the height
     */
    void at(int to, double opacity, double sx, double sy);
  }

  /** Goes through the pixels within a sign's outline, which has a soft edge. */
  private void inside(SignCell cell, Place place, Dot dot) {
    double width = place.width();
    double height = place.height();
    double middleX = place.x() + width / 2;
    double middleY = place.y() + height / 2;
    double reach = 1.15;
    double cos = Math.cos(place.angle());
    double sin = Math.sin(place.angle());
    int left = (int) Math.max(0, Math.floor(middleX - reach * width / 2));
    int top = (int) Math.max(0, Math.floor(middleY - reach * height / 2));
    int right = (int) Math.min(side, Math.ceil(middleX + reach * width / 2));
    int bottom = (int) Math.min(side, Math.ceil(middleY + reach * height / 2));
    double feather = Math.max(1.0 / Math.min(width, height), 0.04);
    for (int py = top; py < bottom; py++) {
      for (int px = left; px < right; px++) {
        double dx = px + 0.5 - middleX;
        double dy = py + 0.5 - middleY;
        double u = (cos * dx + sin * dy) / (width / 2);
        double v = (cos * dy - sin * dx) / (height / 2);
        double opacity = (cell.outline().inside(u * 0.97, v * 0.97) + feather) / (2 * feather);
        if (opacity > 0) {
          double sx = cell.left() + (u + 1) / 2 * (cell.right() - cell.left());
          double sy = cell.top() + (v + 1) / 2 * (cell.bottom() - cell.top());
          dot.at(CHANNELS * (py * side + px), Math.min(1, opacity), sx, sy);
        }
      }
    }
  }

  /** The pixel of the same column in the row as far from the other edge. */
  private int upsideDown(int index) {
    int row = index / (CHANNELS * side);
    return index + CHANNELS * side * (side - 1 - 2 * row);
  }

  /**
   * Sticks a print onto a place, all of it opaque.
   *
   * @param x left edge, px
   * @param y top edge
   * @param width px
   * @param height px
   * @param gain of all colours: how it is lit
   */
  void stick(Image print, double x, double y, double width, double height, double gain) {
    stick(rgb, side, side, print, x, y, width, height, gain);
  }

  /** The same on any picture of 8-bit RGB, interleaved. */
  static void stick(
      byte[] rgb,
      int columns,
      int rows,
      Image print,
      double x,
      double y,
      double width,
      double height,
      double gain) {
    for (int py = clip(y, rows); py < clip(y + height, rows); py++) {
      for (int px = clip(x, columns); px < clip(x + width, columns); px++) {
        int from =
            print.index(
                within((px + 0.5 - x) / width, print.width()),
                within((py + 0.5 - y) / height, print.height()));
        int to = CHANNELS * (py * columns + px);
        for (int c = 0; c < CHANNELS; c++) {
          rgb[to + c] = (byte) Math.min(255, Math.round(gain * (print.data()[from + c] & 0xff)));
        }
      }
    }
  }

  /** The pixel at a share of a length. */
  private static int within(double share, int length) {
    return Math.max(0, Math.min(length - 1, (int) (share * length)));
  }

  /** Makes the whole crop darker, as at dusk. */
  void dim(double factor) {
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.round(factor * (rgb[i] & 0xff));
    }
  }

  /** By which a sign is lit half as differently from a place as it was photographed, 0.5 to 2.5. */
  double exposure(SignCell cell, Place p) {
    double there = mean(rgb, side, clip(p.x), clip(p.y), clip(p.x + p.width), clip(p.y + p.height));
    byte[] data = cell.image().data();
    double own = 1;
    int count = 0;
    for (int row = 0; row < cell.image().height(); row += 2) {
      int i = cell.image().index(0, row);
      for (int column = 0; column < cell.image().width(); column += 2, i += 2 * CHANNELS) {
        own += data[i + 1] & 0xff;
        count++;
      }
    }
    return Math.max(0.5, Math.min(2.5, Math.sqrt((there + 1) * count / own)));
  }

  private static double mean(byte[] rgb, int side, int left, int top, int right, int bottom) {
    double sum = 0;
    int count = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += rgb[CHANNELS * (y * side + x) + 1] & 0xff;
        count++;
      }
    }
    return sum / Math.max(1, count);
  }

  private static double sample(SignCell cell, double x, double y, int channel) {
    byte[] data = cell.image().data();
    int width = cell.image().width();
    int height = cell.image().height();
    double sx = Math.max(0, Math.min(width - 1.001, x * width - 0.5));
    double sy = Math.max(0, Math.min(height - 1.001, y * height - 0.5));
    int x0 = (int) sx;
    int y0 = (int) sy;
    double fx = sx - x0;
    double fy = sy - y0;
    int i = cell.image().index(x0, y0) + channel;
    int row = cell.image().rowStride();
    double top = (data[i] & 0xff) * (1 - fx) + (data[i + CHANNELS] & 0xff) * fx;
    double low = (data[i + row] & 0xff) * (1 - fx) + (data[i + row + CHANNELS] & 0xff) * fx;
    return top * (1 - fy) + low * fy;
  }

  private int clip(double v) {
    return clip(v, side);
  }

  private static int clip(double v, int length) {
    return (int) Math.max(0, Math.min(length, Math.round(v)));
  }
}
