package io.stopline.scene.sign;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Component;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.net.URL;
import java.util.Locale;

/**
 * The face of one sign class of the German traffic sign benchmark (Stallkamp et al. 2012), new and
 * clean, in the colours of retro-reflective film by day.
 *
 * <p>The pictures are plain SVG files of this project beside this class, {@code 00.svg} to {@code
 * 42.svg}, a thousand units wide, without text elements, so no font decides what a digit looks
 * like. Proportions follow the German catalogue of signs and photographs. Immutable and
 * thread-safe.
 */
public final class SignArt {

  /** How many classes there are: 0..42. */
  public static final int CLASSES = 43;

  /** Radius of a triangle's corners, share of its width. */
  private static final double TRIANGLE_CORNER = 0.05;

  /** Radius of the corners of the priority road's diamond. */
  private static final double DIAMOND_CORNER = 0.045;

  private static final double SQRT_2 = Math.sqrt(2);
  private static final double SQRT_3 = Math.sqrt(3);

  private final int signClass;
  private final SVGDocument picture;

  private SignArt(int signClass, SVGDocument picture) {
    this.signClass = signClass;
    this.picture = picture;
  }

  /**
   * The art of a class.
   *
   * @param signClass 0..42, in the order of the benchmark
   * @throws IllegalArgumentException if there is no such class
   */
  public static SignArt of(int signClass) {
    if (signClass < 0 || signClass >= CLASSES) {
      throw new IllegalArgumentException(
          "sign class %d has no art; classes are 0 to %d".formatted(signClass, CLASSES - 1));
    }
    String file = String.format(Locale.ROOT, "%02d.svg", signClass);
    URL url = SignArt.class.getResource(file);
    SVGDocument picture = url == null ? null : new SVGLoader().load(url);
    if (picture == null) {
      throw new IllegalStateException(
          "the picture '%s' of sign class %d is missing or damaged in this build; build Stopline again"
              .formatted(file, signClass));
    }
    return new SignArt(signClass, picture);
  }

  /** Class of the benchmark, 0..42. */
  public int signClass() {
    return signClass;
  }

  /**
   * The sign's edge in the unit square, x right, y down: centred, and 1 wide or high where the sign
   * is largest. A new object each time.
   */
  public Shape outline() {
    return switch (signClass) {
      case 11, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 -> triangle(true);
      case 13 -> triangle(false);
      case 12 -> diamond();
      case 14 -> octagon();
      default -> new Ellipse2D.Double(0, 0, 1, 1);
    };
  }

  /**
   * Draws the sign.
   *
   * @param side of the picture, px, 1..8192
   * @return {@link BufferedImage#TYPE_INT_ARGB}, sRGB, not premultiplied; transparent outside the
   *     outline, with anti-aliased edges
   * @throws IllegalArgumentException if the side is out of range
   */
  public BufferedImage draw(int side) {
    if (side < 1 || side > 8192) {
      throw new IllegalArgumentException(
          "a sign cannot be drawn %d px wide; give 1 to 8192".formatted(side));
    }
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      // Without this, thin strokes snap to whole pixels.
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      picture.render((Component) null, graphics, new ViewBox(0, 0, side, side));
    } finally {
      graphics.dispose();
    }
    return image;
  }

  /** Equilateral with rounded corners, its bounding box centred. */
  private static Shape triangle(boolean up) {
    double r = TRIANGLE_CORNER;
    // Side of the triangle before its corners were rounded, so that 1 is left of its width.
    double side = 1 + 2 * r * (SQRT_3 - 1);
    double height = side * SQRT_3 / 2 - r;
    double base = 0.5 + height / 2;
    double[][] corners = {
      {0.5 - side / 2, base}, {0.5 + side / 2, base}, {0.5, base - side * SQRT_3 / 2}
    };
    if (!up) {
      for (double[] corner : corners) {
        corner[1] = 1 - corner[1];
      }
    }
    return rounded(corners, r * SQRT_3, r);
  }

  private static Shape diamond() {
    double r = DIAMOND_CORNER;
    double reach = 0.5 + r * (SQRT_2 - 1);
    return rounded(
        new double[][] {
          {0.5, 0.5 - reach}, {0.5 + reach, 0.5}, {0.5, 0.5 + reach}, {0.5 - reach, 0.5}
        },
        r,
        r);
  }

  private static Shape octagon() {
    double half = Math.tan(Math.PI / 8) / 2;
    Path2D path = new Path2D.Double();
    for (int i = 0; i < 8; i++) {
      double angle = Math.PI / 4 * i + Math.PI / 8;
      double radius = Math.hypot(0.5, half);
      double x = 0.5 + radius * Math.cos(angle);
      double y = 0.5 + radius * Math.sin(angle);
      if (i == 0) {
        path.moveTo(x, y);
      } else {
        path.lineTo(x, y);
      }
    }
    path.closePath();
    return path;
  }

  /**
   * A polygon with circular corners.
   *
   * @param tangent how far from a corner its arc begins
   * @param r radius of the arcs
   */
  private static Shape rounded(double[][] corners, double tangent, double r) {
    Path2D path = new Path2D.Double();
    int n = corners.length;
    for (int i = 0; i < n; i++) {
      double[] at = corners[i];
      double[] from = towards(at, corners[(i + n - 1) % n], tangent);
      double[] to = towards(at, corners[(i + 1) % n], tangent);
      // A cubic's best handle for an arc of angle a is 4/3 tan(a/4) radii long.
      double turn = 2 * Math.atan(tangent / r);
      double handle = r * 4 / 3 * Math.tan(turn / 4);
      double[] a = towards(from, at, handle);
      double[] b = towards(to, at, handle);
      if (i == 0) {
        path.moveTo(from[0], from[1]);
      } else {
        path.lineTo(from[0], from[1]);
      }
      path.curveTo(a[0], a[1], b[0], b[1], to[0], to[1]);
    }
    path.closePath();
    // A path's bounds are those of its handles, an area's are its own.
    return new Area(path);
  }

  private static double[] towards(double[] from, double[] to, double distance) {
    double share = distance / Math.hypot(to[0] - from[0], to[1] - from[1]);
    return new double[] {from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share};
  }
}
