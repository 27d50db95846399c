package io.stopline.scene.alteration;

import io.stopline.scene.alteration.Alteration.Point;
import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.FlatteningPathIterator;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.util.ArrayList;
import java.util.List;

/** The largest closed line of a sign's outline, as points. */
final class Rim {

  private static final double FLATNESS = 0.002;

  private final List<Point> line;
  private final double length;

  private Rim(List<Point> line) {
    this.line = line;
    this.length = length(line);
  }

  /** As the outline runs, from where it begins. */
  static Rim of(Shape outline) {
    List<Point> longest = new ArrayList<>();
    List<Point> line = new ArrayList<>();
    double[] at = new double[6];
    FlatteningPathIterator i = new FlatteningPathIterator(outline.getPathIterator(null), FLATNESS);
    for (; !i.isDone(); i.next()) {
      int segment = i.currentSegment(at);
      if (segment == PathIterator.SEG_MOVETO) {
        line = new ArrayList<>();
      }
      line.add(
          segment == PathIterator.SEG_CLOSE && !line.isEmpty()
              ? line.get(0)
              : new Point(at[0], at[1]));
      if (length(line) > length(longest)) {
        longest = line;
      }
    }
    return new Rim(longest);
  }

  /** The same line clockwise, from its highest point (the middle of its highest edge). */
  Rim fromTheTop() {
    double turn = 0;
    double highest = Double.POSITIVE_INFINITY;
    for (int i = 1; i < line.size(); i++) {
      Point a = line.get(i - 1);
      Point b = line.get(i);
      turn += a.x() * b.y() - b.x() * a.y();
      highest = Math.min(highest, Math.min(a.y(), b.y()));
    }
    double begin = 0;
    double walked = 0;
    double widest = -1;
    for (int i = 1; i < line.size(); i++) {
      Point a = line.get(i - 1);
      Point b = line.get(i);
      double step = Math.hypot(b.x() - a.x(), b.y() - a.y());
      boolean level = Math.max(a.y(), b.y()) - highest < 1e-6;
      if (level && step > widest) {
        widest = step;
        begin = walked + step / 2;
      } else if (widest < 0 && Math.min(a.y(), b.y()) - highest < 1e-9) {
        begin = walked + (a.y() < b.y() ? 0 : step);
      }
      walked += step;
    }
    List<Point> turned = new ArrayList<>(path(begin, length));
    if (turn < 0) {
      java.util.Collections.reverse(turned);
    }
    return new Rim(turned);
  }

  /** Length of the whole line. */
  double length() {
    return length;
  }

  /** Length of a line. */
  static double length(List<Point> line) {
    double sum = 0;
    for (int i = 1; i < line.size(); i++) {
      sum +=
          Math.hypot(line.get(i).x() - line.get(i - 1).x(), line.get(i).y() - line.get(i - 1).y());
    }
    return sum;
  }

  /** The point at a way from the beginning, less than the whole length. */
  Point at(double distance) {
    double left = distance;
    for (int i = 1; i < line.size(); i++) {
      Point a = line.get(i - 1);
      Point b = line.get(i);
      double step = Math.hypot(b.x() - a.x(), b.y() - a.y());
      if (left <= step && step > 0) {
        double t = left / step;
        return new Point(a.x() + t * (b.x() - a.x()), a.y() + t * (b.y() - a.y()));
      }
      left -= step;
    }
    return line.get(line.size() - 1);
  }

  /** A piece of the line with all corners on it; it may run past the beginning once. */
  List<Point> path(double from, double way) {
    List<Point> points = new ArrayList<>();
    points.add(at(from % length));
    double walked = 0;
    for (int round = 0; round < 2; round++) {
      for (int i = 1; i < line.size(); i++) {
        Point a = line.get(i - 1);
        Point b = line.get(i);
        walked += Math.hypot(b.x() - a.x(), b.y() - a.y());
        if (walked > from + 1e-9 && walked < from + way - 1e-9) {
          points.add(b);
        }
      }
    }
    points.add(at((from + way) % length));
    return points;
  }

  /** All that is at most a width away from a piece of the line, on both of its sides. */
  Shape band(double from, double to, double width) {
    List<Point> points = path(from * length, (to - from) * length);
    Path2D path = new Path2D.Double();
    path.moveTo(points.get(0).x(), points.get(0).y());
    for (Point p : points.subList(1, points.size())) {
      path.lineTo(p.x(), p.y());
    }
    return new BasicStroke((float) (2 * width), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND)
        .createStrokedShape(path);
  }
}
