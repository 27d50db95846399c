package io.stopline.studio.demo;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/**
 * Own drawings of a few German signs, for the demonstration. Lettering is drawn as strokes, so that
 * no font has to be installed.
 */
public enum SignFace {
  LIMIT_30(1),
  LIMIT_50(2),
  LIMIT_70(4),
  LIMIT_80(5),
  PRIORITY_ROAD(12),
  YIELD(13),
  STOP(14),
  NO_ENTRY(17),
  AHEAD_ONLY(35),
  KEEP_RIGHT(38);

  private static final Color RED = new Color(168, 24, 32);
  private static final Color BLUE = new Color(22, 78, 150);
  private static final Color YELLOW = new Color(236, 180, 26);
  private static final Color WHITE = new Color(232, 232, 228);
  private static final Color BLACK = new Color(26, 26, 28);
  private static final double TRIANGLE_HEIGHT = 0.88;

  private final int label;

  SignFace(int label) {
    this.label = label;
  }

  /** Share of the unit square that the sign covers. */
  double area() {
    return switch (this) {
      case STOP -> 2 * (Math.sqrt(2) - 1);
      case YIELD -> TRIANGLE_HEIGHT / 2;
      case PRIORITY_ROAD -> 0.5;
      default -> Math.PI / 4;
    };
  }

  /** Class of the German traffic sign benchmark, 0..42. */
  public int label() {
    return label;
  }

  /** For people and files: {@code stop}. */
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The outline in the unit square. */
  Shape outline() {
    return switch (this) {
      case STOP -> octagon(0.5);
      case YIELD -> triangle(0);
      case PRIORITY_ROAD -> diamond(0.5);
      default -> disc(0.5);
    };
  }

  /**
   * Draws the sign from the front, transparent around it.
   *
   * @param size side of the picture, px
   * @param stickers on its face; what would hang over its edge is cut off
   */
  public BufferedImage draw(int size, List<Sticker> stickers) {
    BufferedImage picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.scale(size, size);
    paint(g);
    stick(g, outline(), stickers);
    g.dispose();
    return picture;
  }

  /** Draws stickers on a copy of a picture of this sign. */
  BufferedImage stick(BufferedImage clean, List<Sticker> stickers) {
    BufferedImage picture =
        new BufferedImage(clean.getWidth(), clean.getHeight(), BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = picture.createGraphics();
    g.drawImage(clean, 0, 0, null);
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.scale(clean.getWidth(), clean.getHeight());
    stick(g, outline(), stickers);
    g.dispose();
    return picture;
  }

  /** Paints stickers, in coordinates of the unit square, cut off at an outline. */
  static void stick(Graphics2D g, Shape outline, List<Sticker> stickers) {
    for (Sticker s : stickers) {
      AffineTransform place = AffineTransform.getTranslateInstance(s.x(), s.y());
      place.rotate(Math.toRadians(s.degrees()));
      Area area =
          new Area(
              place.createTransformedShape(
                  new Rectangle2D.Double(-s.width() / 2, -s.height() / 2, s.width(), s.height())));
      area.intersect(new Area(outline));
      fill(g, s.white() ? WHITE : BLACK, area);
    }
  }

  private void paint(Graphics2D g) {
    switch (this) {
      case LIMIT_30 -> limit(g, "30");
      case LIMIT_50 -> limit(g, "50");
      case LIMIT_70 -> limit(g, "70");
      case LIMIT_80 -> limit(g, "80");
      case PRIORITY_ROAD -> {
        fill(g, BLACK, diamond(0.5));
        fill(g, WHITE, diamond(0.48));
        fill(g, YELLOW, diamond(0.335));
      }
      case YIELD -> {
        fill(g, WHITE, triangle(0));
        fill(g, RED, triangle(0.03));
        fill(g, WHITE, triangle(0.27));
      }
      case STOP -> {
        fill(g, WHITE, octagon(0.5));
        fill(g, RED, octagon(0.472));
        text(g, WHITE, "STOP", 0.84, 0.34, 0.058);
      }
      case NO_ENTRY -> {
        fill(g, WHITE, disc(0.5));
        fill(g, RED, disc(0.48));
        fill(g, WHITE, new Rectangle2D.Double(0.13, 0.41, 0.74, 0.18));
      }
      case AHEAD_ONLY -> {
        fill(g, WHITE, disc(0.5));
        fill(g, BLUE, disc(0.48));
        arrow(g, 0.5, 0.84, 0.5, 0.14);
      }
      case KEEP_RIGHT -> {
        fill(g, WHITE, disc(0.5));
        fill(g, BLUE, disc(0.48));
        arrow(g, 0.26, 0.26, 0.76, 0.76);
      }
    }
  }

  private static void limit(Graphics2D g, String number) {
    fill(g, WHITE, disc(0.5));
    fill(g, RED, disc(0.492));
    fill(g, WHITE, disc(0.385));
    text(g, BLACK, number, 0.54, 0.40, 0.07);
  }

  private static void fill(Graphics2D g, Color colour, Shape shape) {
    g.setColor(colour);
    g.fill(shape);
  }

  private static Shape disc(double radius) {
    return new Ellipse2D.Double(0.5 - radius, 0.5 - radius, 2 * radius, 2 * radius);
  }

  private static Shape octagon(double apothem) {
    return polygon(8, apothem / Math.cos(Math.PI / 8), Math.PI / 8);
  }

  private static Shape diamond(double radius) {
    return polygon(4, radius, 0);
  }

  private static Shape polygon(int corners, double radius, double turn) {
    Path2D path = new Path2D.Double();
    for (int i = 0; i < corners; i++) {
      double a = turn + 2 * Math.PI * i / corners;
      double x = 0.5 + radius * Math.cos(a);
      double y = 0.5 + radius * Math.sin(a);
      if (i == 0) {
        path.moveTo(x, y);
      } else {
        path.lineTo(x, y);
      }
    }
    path.closePath();
    return path;
  }

  /** A triangle on its tip, shrunk towards its centre of gravity by a share. */
  private static Shape triangle(double shrink) {
    double top = (1 - TRIANGLE_HEIGHT) / 2;
    double cy = top + TRIANGLE_HEIGHT / 3;
    double s = 1 - shrink * 1.25;
    Path2D path = new Path2D.Double();
    path.moveTo(0.5 - 0.5 * s, cy + s * (top - cy));
    path.lineTo(0.5 + 0.5 * s, cy + s * (top - cy));
    path.lineTo(0.5, cy + s * (top + TRIANGLE_HEIGHT - cy));
    path.closePath();
    return path;
  }

  private static void arrow(Graphics2D g, double x0, double y0, double x1, double y1) {
    AffineTransform along = AffineTransform.getTranslateInstance(x0, y0);
    double length = Math.hypot(x1 - x0, y1 - y0);
    along.rotate(Math.atan2(y1 - y0, x1 - x0));
    Path2D path = new Path2D.Double();
    path.moveTo(0, -0.065);
    path.lineTo(length - 0.26, -0.065);
    path.lineTo(length - 0.26, -0.19);
    path.lineTo(length, 0);
    path.lineTo(length - 0.26, 0.19);
    path.lineTo(length - 0.26, 0.065);
    path.lineTo(0, 0.065);
    path.closePath();
    fill(g, WHITE, along.createTransformedShape(path));
  }

  /** Centred lettering; {@code weight} is the stroke's width. */
  private static void text(
      Graphics2D g, Color colour, String text, double width, double height, double weight) {
    int n = text.length();
    double gap = weight * 1.7;
    double letter = (width - weight - gap * (n - 1)) / n;
    double x = 0.5 - (width - weight) / 2;
    double y = 0.5 - (height - weight) / 2;
    BasicStroke pen =
        new BasicStroke((float) weight, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 4);
    for (int i = 0; i < n; i++) {
      AffineTransform place = AffineTransform.getTranslateInstance(x + i * (letter + gap), y);
      place.scale(letter, height - weight);
      fill(g, colour, pen.createStrokedShape(place.createTransformedShape(glyph(text.charAt(i)))));
    }
  }

  /** The middle line of a letter in a unit square. */
  private static Shape glyph(char c) {
    Path2D p = new Path2D.Double();
    switch (c) {
      case 'S' -> {
        p.moveTo(0.97, 0.24);
        p.curveTo(0.97, 0.06, 0.75, 0, 0.5, 0);
        p.curveTo(0.2, 0, 0, 0.09, 0, 0.25);
        p.curveTo(0, 0.42, 0.2, 0.45, 0.5, 0.5);
        p.curveTo(0.8, 0.55, 1, 0.6, 1, 0.75);
        p.curveTo(1, 0.92, 0.8, 1, 0.5, 1);
        p.curveTo(0.2, 1, 0, 0.94, 0, 0.74);
      }
      case 'T' -> {
        p.moveTo(-0.08, 0);
        p.lineTo(1.08, 0);
        p.moveTo(0.5, 0);
        p.lineTo(0.5, 1.08);
      }
      case 'O', '0' -> {
        p.moveTo(0.5, 0);
        p.curveTo(0.87, 0, 1, 0.18, 1, 0.5);
        p.curveTo(1, 0.82, 0.87, 1, 0.5, 1);
        p.curveTo(0.13, 1, 0, 0.82, 0, 0.5);
        p.curveTo(0, 0.18, 0.13, 0, 0.5, 0);
        p.closePath();
      }
      case 'P' -> {
        p.moveTo(0, 1.08);
        p.lineTo(0, 0);
        p.lineTo(0.55, 0);
        p.curveTo(0.9, 0, 1, 0.12, 1, 0.27);
        p.curveTo(1, 0.42, 0.9, 0.55, 0.55, 0.55);
        p.lineTo(0, 0.55);
      }
      case '3' -> {
        p.moveTo(0, 0.2);
        p.curveTo(0.03, 0.06, 0.25, 0, 0.5, 0);
        p.curveTo(0.8, 0, 1, 0.09, 1, 0.25);
        p.curveTo(1, 0.41, 0.8, 0.47, 0.38, 0.47);
        p.curveTo(0.8, 0.47, 1, 0.57, 1, 0.74);
        p.curveTo(1, 0.91, 0.8, 1, 0.5, 1);
        p.curveTo(0.2, 1, 0.02, 0.93, 0, 0.79);
      }
      case '5' -> {
        p.moveTo(0.95, 0);
        p.lineTo(0.15, 0);
        p.lineTo(0.08, 0.45);
        p.curveTo(0.2, 0.38, 0.35, 0.35, 0.5, 0.35);
        p.curveTo(0.85, 0.35, 1, 0.48, 1, 0.66);
        p.curveTo(1, 0.88, 0.8, 1, 0.48, 1);
        p.curveTo(0.2, 1, 0.04, 0.92, 0, 0.8);
      }
      case '7' -> {
        p.moveTo(0, 0);
        p.lineTo(1, 0);
        p.lineTo(0.35, 1.05);
      }
      case '8' -> {
        p.append(new Ellipse2D.Double(0.07, 0, 0.86, 0.46), false);
        p.append(new Ellipse2D.Double(0, 0.46, 1, 0.54), false);
      }
      default -> throw new IllegalArgumentException("no glyph for '" + c + "'");
    }
    return p;
  }
}
