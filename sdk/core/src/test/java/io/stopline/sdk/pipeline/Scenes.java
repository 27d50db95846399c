package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.time.Instant;

/** Draws plain road scenes in memory. */
final class Scenes {

  private Scenes() {}

  enum Sign {
    STOP,
    SPEED_LIMIT,
    KEEP_RIGHT,
    YIELD,
    WARNING,
    PRIORITY_ROAD
  }

  /** Sky above, road below. */
  static BufferedImage road(int width, int height) {
    BufferedImage scene = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = scene.createGraphics();
    g.setColor(new Color(170, 190, 205));
    g.fillRect(0, 0, width, height / 2);
    g.setColor(new Color(96, 96, 94));
    g.fillRect(0, height / 2, width, height - height / 2);
    g.dispose();
    return scene;
  }

  /** Draws a sign in the box (x, y, size, size); a triangle fills its width. */
  static Region draw(BufferedImage scene, Sign sign, int x, int y, int size) {
    Graphics2D g = scene.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    Color red = new Color(180, 20, 30);
    int high = (int) Math.round(size * 0.87);
    Region box = new Region(x, y, size, size);
    switch (sign) {
      case STOP -> {
        Polygon octagon = new Polygon();
        for (int i = 0; i < 8; i++) {
          double a = Math.PI * (2 * i + 1) / 8;
          double r = size / 2.0 / Math.cos(Math.PI / 8);
          octagon.addPoint(
              (int) Math.round(x + size / 2.0 + r * Math.cos(a)),
              (int) Math.round(y + size / 2.0 + r * Math.sin(a)));
        }
        g.setColor(red);
        g.fill(octagon);
        g.setColor(Color.WHITE);
        g.fillRect(x + size / 6, y + 2 * size / 5, 2 * size / 3, size / 5);
      }
      case SPEED_LIMIT -> {
        g.setColor(red);
        g.fillOval(x, y, size, size);
        g.setColor(Color.WHITE);
        g.fillOval(x + size / 8, y + size / 8, size - size / 4, size - size / 4);
        g.setColor(Color.BLACK);
        g.fillRect(x + size / 3, y + size / 3, size / 3, size / 3);
      }
      case KEEP_RIGHT -> {
        g.setColor(new Color(20, 80, 160));
        g.fillOval(x, y, size, size);
        g.setColor(Color.WHITE);
        g.fillRect(x + size / 3, y + size / 3, size / 3, size / 3);
      }
      case YIELD, WARNING -> {
        box = new Region(x, y, size, high);
        int base = sign == Sign.YIELD ? y : y + high;
        int tip = sign == Sign.YIELD ? y + high : y;
        g.setColor(red);
        g.fillPolygon(new int[] {x, x + size, x + size / 2}, new int[] {base, base, tip}, 3);
        int in = size / 6;
        int up = sign == Sign.YIELD ? in / 2 : -in / 2;
        g.setColor(Color.WHITE);
        g.fillPolygon(
            new int[] {x + in, x + size - in, x + size / 2},
            new int[] {base + up, base + up, tip - 2 * up},
            3);
      }
      case PRIORITY_ROAD -> {
        diamond(g, Color.WHITE, x, y, size, 0);
        diamond(g, new Color(250, 195, 20), x, y, size, size / 6);
      }
    }
    g.dispose();
    return box;
  }

  private static void diamond(Graphics2D g, Color c, int x, int y, int size, int inset) {
    g.setColor(c);
    g.fillPolygon(
        new int[] {x + size / 2, x + size - inset, x + size / 2, x + inset},
        new int[] {y + inset, y + size / 2, y + size - inset, y + size / 2},
        4);
  }

  static void fill(BufferedImage scene, Color colour, int x, int y, int width, int height) {
    Graphics2D g = scene.createGraphics();
    g.setColor(colour);
    g.fillRect(x, y, width, height);
    g.dispose();
  }

  static Image image(BufferedImage picture) {
    int w = picture.getWidth();
    int h = picture.getHeight();
    int[] argb = picture.getRGB(0, 0, w, h, null, 0, w);
    byte[] rgb = new byte[3 * w * h];
    for (int i = 0; i < argb.length; i++) {
      rgb[3 * i] = (byte) (argb[i] >> 16);
      rgb[3 * i + 1] = (byte) (argb[i] >> 8);
      rgb[3 * i + 2] = (byte) argb[i];
    }
    return Image.of(w, h, rgb);
  }

  /** Frames come 30 a second. */
  static Frame frame(Image image, long sequence) {
    long nanos = sequence * 33_333_333L;
    return new Frame(
        image, Instant.parse("2026-01-01T00:00:00Z").plusNanos(nanos), nanos, sequence, "camera");
  }
}
