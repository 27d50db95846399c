package io.stopline.campaign;

import java.awt.Shape;
import java.awt.geom.FlatteningPathIterator;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;

/** Outlines as polygons. */
final class SearchShapes {

  private SearchShapes() {}

  /** The same shape with straight lines. */
  static Shape polygon(Shape shape) {
    Path2D path = new Path2D.Double();
    path.append(new FlatteningPathIterator(shape.getPathIterator(null), 0.002), false);
    return path;
  }

  /** Area of a shape of straight lines, holes taken off as they run the other way. */
  static double area(Shape polygons) {
    double twice = 0;
    double[] at = new double[6];
    double startX = 0;
    double startY = 0;
    double x = 0;
    double y = 0;
    for (PathIterator i = polygons.getPathIterator(null); !i.isDone(); i.next()) {
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
