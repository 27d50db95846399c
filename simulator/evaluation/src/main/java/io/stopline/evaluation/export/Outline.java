package io.stopline.evaluation.export;

import java.util.List;

/**
 * A closed polygon.
 *
 * @param points x and y of each corner in turn, px as in {@link Box}; three corners or more
 */
public record Outline(List<Double> points) {

  /**
   * @throws IllegalArgumentException if there are fewer than three corners or half a corner
   */
  public Outline {
    points = List.copyOf(points);
    if (points.size() < 6 || points.size() % 2 != 0) {
      throw new IllegalArgumentException(
          "an outline of %d numbers is none; give x and y of three corners or more"
              .formatted(points.size()));
    }
  }

  /** What it encloses, px². */
  public double area() {
    double twice = 0;
    int n = points.size();
    for (int i = 0; i < n; i += 2) {
      int next = (i + 2) % n;
      twice += points.get(i) * points.get(next + 1) - points.get(next) * points.get(i + 1);
    }
    return Math.abs(twice) / 2;
  }
}
