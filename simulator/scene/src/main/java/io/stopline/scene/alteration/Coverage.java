package io.stopline.scene.alteration;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.List;

/**
 * How much of each pixel of a rectangle something covers, 0..255. The rectangle may hang over the
 * picture that it belongs to.
 */
final class Coverage {

  final int left;
  final int top;
  final int width;
  final int height;
  final byte[] values;

  private Coverage(int left, int top, int width, int height, byte[] values) {
    this.left = left;
    this.top = top;
    this.width = width;
    this.height = height;
    this.values = values;
  }

  /**
   * The union of shapes, edges anti-aliased.
   *
   * @param shapes in the unit square's coordinates
   * @param side of the picture, px
   * @param reach further than the picture's edge that nothing counts, px
   * @param margin left free around the shapes, px
   */
  static Coverage of(List<? extends Shape> shapes, int side, int reach, int margin) {
    AffineTransform scale = AffineTransform.getScaleInstance(side, side);
    Rectangle2D bounds = new Rectangle2D.Double(0, 0, 0, 0);
    boolean first = true;
    for (Shape s : shapes) {
      Rectangle2D b = scale.createTransformedShape(s).getBounds2D();
      bounds = first ? b : bounds.createUnion(b);
      first = false;
    }
    int left = (int) Math.floor(Math.max(-reach, bounds.getMinX() - margin));
    int top = (int) Math.floor(Math.max(-reach, bounds.getMinY() - margin));
    int right = (int) Math.ceil(Math.min(side + reach, bounds.getMaxX() + margin));
    int bottom = (int) Math.ceil(Math.min(side + reach, bounds.getMaxY() + margin));
    if (right <= left || bottom <= top) {
      return new Coverage(0, 0, 0, 0, new byte[0]);
    }
    BufferedImage picture =
        new BufferedImage(right - left, bottom - top, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.translate(-left, -top);
    g.transform(scale);
    g.setColor(Color.WHITE);
    for (Shape s : shapes) {
      g.fill(s);
    }
    g.dispose();
    return new Coverage(
        left,
        top,
        right - left,
        bottom - top,
        ((DataBufferByte) picture.getRaster().getDataBuffer()).getData());
  }

  /** What covers a point of the unit square, 0 (nothing) to 1 (all). */
  interface Field {
    double at(double x, double y);
  }

  /** A field over a whole picture, taken at the pixels' centres. */
  static Coverage of(int side, Field field) {
    byte[] values = new byte[side * side];
    for (int i = 0; i < values.length; i++) {
      int row = i / side;
      values[i] = (byte) Math.round(255 * field.at((i % side + 0.5) / side, (row + 0.5) / side));
    }
    return new Coverage(0, 0, side, side, values);
  }

  /** From a picture's transparency: all that is not seen through. */
  static Coverage ofAlpha(int side, int[] argb) {
    byte[] values = new byte[side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (argb[i] >>> 24);
    }
    return new Coverage(0, 0, side, side, values);
  }

  /** 0..255; 0 outside of the rectangle. */
  int at(int x, int y) {
    int u = x - left;
    int v = y - top;
    return u < 0 || v < 0 || u >= width || v >= height ? 0 : values[v * width + u] & 0xff;
  }

  /** Puts the larger of both into a map of a whole picture. */
  void unite(int side, byte[] map) {
    for (int y = Math.max(0, top); y < Math.min(side, top + height); y++) {
      for (int x = Math.max(0, left); x < Math.min(side, left + width); x++) {
        int here = values[(y - top) * width + x - left] & 0xff;
        int i = y * side + x;
        if (here > (map[i] & 0xff)) {
          map[i] = (byte) here;
        }
      }
    }
  }

  /**
   * Softens the edge: three means over a window are close to a Gaussian (Wells 1986).
   *
   * @param softness px over which the edge goes from nothing to all, about
   */
  Coverage blurred(double softness) {
    int radius = (int) Math.round(softness / 6);
    if (radius < 1 || width == 0) {
      return this;
    }
    byte[] a = values.clone();
    byte[] b = new byte[a.length];
    for (int i = 0; i < 3; i++) {
      mean(a, b, width, height, 1, width, radius);
      mean(b, a, height, width, width, 1, radius);
    }
    return new Coverage(left, top, width, height, a);
  }

  /** A running mean along lines; beyond their ends the last value goes on. */
  private static void mean(
      byte[] from, byte[] to, int length, int lines, int step, int lineStep, int radius) {
    int window = 2 * radius + 1;
    int[] line = new int[length];
    for (int k = 0; k < lines; k++) {
      int start = k * lineStep;
      for (int i = 0; i < length; i++) {
        line[i] = from[start + i * step] & 0xff;
      }
      int sum = 0;
      for (int i = -radius; i <= radius; i++) {
        sum += line[Math.max(0, Math.min(length - 1, i))];
      }
      for (int i = 0; i < length; i++) {
        to[start + i * step] = (byte) ((sum + window / 2) / window);
        sum += line[Math.min(length - 1, i + radius + 1)] - line[Math.max(0, i - radius)];
      }
    }
  }
}
