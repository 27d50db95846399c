package io.stopline.scene.alteration;

import io.stopline.scene.alteration.Alteration.Point;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stroke;
import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.FlatteningPathIterator;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.util.List;

/** What alterations look like as geometry, in the unit square's coordinates. */
public final class Shapes {

  /** Longer than anything on a face. */
  private static final double FAR = 20;

  private Shapes() {}

  /** From the sheet's own unit square to the face. */
  static AffineTransform place(
      double x, double y, double width, double height, double rotationDegrees) {
    AffineTransform place = AffineTransform.getTranslateInstance(x, y);
    place.rotate(Math.toRadians(rotationDegrees));
    place.scale(width, height);
    place.translate(-0.5, -0.5);
    return place;
  }

  static Shape sheet(double x, double y, double width, double height, double rotationDegrees) {
    return place(x, y, width, height, rotationDegrees)
        .createTransformedShape(new Rectangle2D.Double(0, 0, 1, 1));
  }

  static Shape of(Sticker s) {
    return sheet(s.x(), s.y(), s.width(), s.height(), s.rotationDegrees());
  }

  static Shape of(ProjectedLight.Beam b) {
    return sheet(b.x(), b.y(), b.width(), b.height(), b.rotationDegrees());
  }

  static Shape of(Reflector.Patch p) {
    return sheet(p.x(), p.y(), p.width(), p.height(), p.rotationDegrees());
  }

  static Shape of(Infrared.Spot s) {
    return place(s.x(), s.y(), s.width(), s.height(), s.rotationDegrees())
        .createTransformedShape(new Ellipse2D.Double(0, 0, 1, 1));
  }

  /** All that a laser's line lights up. */
  static Shape of(Laser l) {
    return sheet(l.x(), l.y(), FAR, 2 * l.width(), l.angleDegrees());
  }

  static Shape of(Stroke s) {
    Path2D line = new Path2D.Double();
    Point first = s.points().get(0);
    line.moveTo(first.x(), first.y());
    // A dot is a line to where it began: its round caps make a disc.
    line.lineTo(first.x(), first.y());
    for (Point p : s.points().subList(1, s.points().size())) {
      line.lineTo(p.x(), p.y());
    }
    return new BasicStroke((float) s.width(), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
        .createStrokedShape(line);
  }

  static Shape polygon(List<Point> points) {
    Path2D path = new Path2D.Double();
    path.moveTo(points.get(0).x(), points.get(0).y());
    for (Point p : points.subList(1, points.size())) {
      path.lineTo(p.x(), p.y());
    }
    path.closePath();
    return path;
  }

  /** Area of a shape whose lines do not cross, in the unit square's area. */
  public static double area(Shape shape) {
    double twice = 0;
    double[] at = new double[6];
    double startX = 0;
    double startY = 0;
    double x = 0;
    double y = 0;
    FlatteningPathIterator i = new FlatteningPathIterator(shape.getPathIterator(null), 0.0005);
    for (; !i.isDone(); i.next()) {
      int segment = i.currentSegment(at);
      if (segment == PathIterator.SEG_MOVETO) {
        startX = at[0];
        startY = at[1];
      } else {
        double nextX = segment == PathIterator.SEG_CLOSE ? startX : at[0];
        double nextY = segment == PathIterator.SEG_CLOSE ? startY : at[1];
        twice += x * nextY - nextX * y;
        at[0] = nextX;
        at[1] = nextY;
      }
      x = at[0];
      y = at[1];
    }
    return Math.abs(twice) / 2;
  }
}
