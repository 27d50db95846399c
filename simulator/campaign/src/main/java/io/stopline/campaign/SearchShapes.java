package io.stopline.campaign;

import java.awt.Shape;
import java.awt.geom.FlatteningPathIterator;
import java.awt.geom.Path2D;

/** Outlines as polygons. */
final class SearchShapes {

  private SearchShapes() {}

  /** The same shape with straight lines. */
  static Shape polygon(Shape shape) {
    Path2D path = new Path2D.Double();
    path.append(new FlatteningPathIterator(shape.getPathIterator(null), 0.002), false);
    return path;
  }
}
