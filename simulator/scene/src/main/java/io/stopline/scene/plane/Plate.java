package io.stopline.scene.plane;

import io.stopline.scene.camera.View;
import io.stopline.scene.scenario.Sign;
import java.awt.Shape;
import java.awt.geom.PathIterator;
import java.awt.geom.Point2D;
import java.util.ArrayList;
import java.util.List;

/** A sign's plane on the road and its outline; immutable. */
public final class Plate {

  private static final double FLATNESS = 0.002;
  private static final int PROBES = 32;

  private final Sign sign;
  private final Shape outline;
  private final List<Point2D.Double> edge;
  private final List<Point2D.Double> probes;

  /**
   * @param outline of the sign in the unit square
   */
  public Plate(Sign sign, Shape outline) {
    this.sign = sign;
    this.outline = outline;
    this.edge = edge(outline);
    List<Point2D.Double> inside = new ArrayList<>();
    for (int i = 0; i < PROBES * PROBES; i++) {
      double x = (i % PROBES + 0.5) / PROBES;
      int row = i / PROBES;
      double y = (row + 0.5) / PROBES;
      if (outline.contains(x, y)) {
        inside.add(new Point2D.Double(x, y));
      }
    }
    this.probes = List.copyOf(inside);
  }

  private static List<Point2D.Double> edge(Shape outline) {
    List<Point2D.Double> points = new ArrayList<>();
    double[] c = new double[6];
    for (PathIterator p = outline.getPathIterator(null, FLATNESS); !p.isDone(); p.next()) {
      if (p.currentSegment(c) != PathIterator.SEG_CLOSE) {
        points.add(new Point2D.Double(c[0], c[1]));
      }
    }
    return List.copyOf(points);
  }

  /** The sign. */
  public Sign sign() {
    return sign;
  }

  /** Its outline in the unit square. */
  public Shape outline() {
    return outline;
  }

  /** Corners of its outline, round ones flattened to a five-hundredth of its size. */
  List<Point2D.Double> edge() {
    return edge;
  }

  /** Points spread evenly over its face, for shares of its area. */
  List<Point2D.Double> probes() {
    return probes;
  }

  /** The same plane with another alteration on it. */
  public Plate with(Sign other) {
    return new Plate(other, outline);
  }

  /** The plane as a camera sees it. */
  public PlateView seenFrom(View view) {
    return new PlateView(this, view);
  }
}
