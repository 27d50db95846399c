package io.stopline.studio.demo;

import io.stopline.sdk.random.RandomStream;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;

/** A country road in muted colours, drawn from a seed; nothing on it is coloured like a sign. */
final class Backdrop {

  /** Where the road vanishes, share of width and height. */
  static final double VANISHING_X = 0.47;

  static final double VANISHING_Y = 0.47;

  private Backdrop() {}

  static BufferedImage draw(int width, int height, long seed) {
    RandomStream random = new RandomStream(RandomStream.derive(seed, 11));
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    double vx = VANISHING_X * width;
    double vy = VANISHING_Y * height;
    sky(g, width, vy, random);
    hills(g, width, vy, random);
    meadow(g, width, height, vy, random);
    trees(g, width, vy, random);
    road(g, width, height, vx, vy, random);
    g.dispose();
    return picture;
  }

  private static void sky(Graphics2D g, int width, double vy, RandomStream random) {
    int tone = random.nextInt(24);
    g.setPaint(
        new GradientPaint(
            0,
            0,
            new Color(176 + tone, 188 + tone, 200 + tone),
            0,
            (float) vy,
            new Color(214 + tone, 219 + tone, 222 + tone)));
    g.fillRect(0, 0, width, (int) vy + 2);
    for (int i = 0; i < 26; i++) {
      double w = random.uniform(90, 340);
      double h = w * random.uniform(0.08, 0.2);
      g.setColor(new Color(240, 241, 242, 26));
      double x = random.uniform(-100, width);
      double y = random.uniform(0, vy * 0.75);
      for (int k = 0; k < 5; k++) {
        g.fill(
            new Ellipse2D.Double(
                x + random.uniform(0, w * 0.5), y + random.uniform(-h, h) / 2, w * 0.6, h));
      }
    }
  }

  private static void hills(Graphics2D g, int width, double vy, RandomStream random) {
    for (int layer = 0; layer < 3; layer++) {
      double base = vy - 34 + 14 * layer;
      Path2D path = new Path2D.Double();
      path.moveTo(0, vy + 4);
      double phase = random.uniform(0, 6);
      for (int x = 0; x <= width; x += 8) {
        double y =
            base
                + 13 * Math.sin(phase + x * 0.006 * (1 + 0.4 * layer))
                + 6 * Math.sin(2.3 * phase + x * 0.017);
        path.lineTo(x, y);
      }
      path.lineTo(width, vy + 4);
      path.closePath();
      g.setColor(new Color(150 - 22 * layer, 160 - 18 * layer, 156 - 30 * layer));
      g.fill(path);
    }
  }

  private static void meadow(Graphics2D g, int width, int height, double vy, RandomStream random) {
    g.setPaint(
        new GradientPaint(
            0, (float) vy, new Color(118, 130, 92), 0, height, new Color(84, 100, 58)));
    g.fillRect(0, (int) vy, width, height);
    for (int i = 0; i < 5200; i++) {
      double t = random.nextDouble();
      double y = vy + (height - vy) * t * t;
      double near = (y - vy) / (height - vy);
      double x = random.uniform(0, width);
      int v = random.nextInt(36) - 18;
      g.setColor(new Color(92 + v, 110 + v, 66 + v / 2, 120));
      g.fill(new Ellipse2D.Double(x, y, 2 + 16 * near, 1 + 5 * near));
    }
  }

  private static void trees(Graphics2D g, int width, double vy, RandomStream random) {
    for (int side = 0; side < 2; side++) {
      for (int i = 0; i < 13; i++) {
        double size = random.uniform(34, 60) + 9 * i;
        double away = 60 + 44 * i + random.uniform(-14, 14);
        double x = VANISHING_X * width + (side == 0 ? -away * 1.05 : away * 1.35 + 30);
        double foot = vy + 6 + 0.05 * away;
        g.setColor(new Color(70, 64, 54));
        g.fillRect(
            (int) (x - size * 0.04),
            (int) (foot - size * 0.7),
            (int) (size * 0.08) + 1,
            (int) (size * 0.72));
        int shade = random.nextInt(22);
        for (int k = 0; k < 230; k++) {
          double a = random.uniform(0, 2 * Math.PI);
          double r = Math.sqrt(random.nextDouble());
          double px = x + 0.46 * size * r * Math.cos(a);
          double py = foot - 1.05 * size + 0.56 * size * r * Math.sin(a);
          double light = -0.5 * Math.sin(a) * r;
          int v = (int) (26 * light) + random.nextInt(22) - 11 + shade;
          double leaf = size * random.uniform(0.05, 0.14);
          g.setColor(new Color(60 + v, 80 + v, 48 + v / 2));
          g.fill(new Ellipse2D.Double(px - leaf / 2, py - leaf / 2, leaf, leaf * 0.8));
        }
      }
    }
  }

  private static void road(
      Graphics2D g, int width, int height, double vx, double vy, RandomStream random) {
    Path2D road = new Path2D.Double();
    road.moveTo(vx - 3, vy);
    road.lineTo(vx + 3, vy);
    road.lineTo(width * 0.99, height);
    road.lineTo(-width * 0.28, height);
    road.closePath();
    g.setPaint(
        new GradientPaint(
            0, (float) vy, new Color(138, 138, 138), 0, height, new Color(92, 92, 94)));
    g.fill(road);
    g.setClip(road);
    for (int i = 0; i < 5200; i++) {
      double t = random.nextDouble();
      double y = vy + (height - vy) * t;
      int v = random.nextInt(30) - 15;
      g.setColor(new Color(108 + v, 108 + v, 109 + v, 90));
      g.fill(new Ellipse2D.Double(random.uniform(0, width), y, 1 + 14 * t, 1 + 3 * t));
    }
    g.setColor(new Color(206, 206, 202));
    stripe(g, vx, vy, width * 0.90, height, 0, 1, 0.018 * width);
    stripe(g, vx, vy, -width * 0.20, height, 0, 1, 0.018 * width);
    for (double d = 0.02; d < 1; d *= 1.75) {
      stripe(g, vx, vy, width * 0.36, height, d, d * 1.35, 0.014 * width);
    }
    g.setClip(null);
  }

  /** Part of a line that runs from the vanishing point to the lower edge. */
  private static void stripe(
      Graphics2D g,
      double vx,
      double vy,
      double x,
      double y,
      double from,
      double to,
      double width) {
    Path2D p = new Path2D.Double();
    double x0 = vx + (x - vx) * from;
    double x1 = vx + (x - vx) * to;
    p.moveTo(x0 - width * from / 2, vy + (y - vy) * from);
    p.lineTo(x0 + width * from / 2, vy + (y - vy) * from);
    p.lineTo(x1 + width * to / 2, vy + (y - vy) * to);
    p.lineTo(x1 - width * to / 2, vy + (y - vy) * to);
    p.closePath();
    g.fill(p);
  }
}
