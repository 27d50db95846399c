package io.stopline.sdk.check;

import java.util.List;

/**
 * Whether the track of an object has gone as those of real objects do. Real ones are born small and
 * grow, or come in at an edge; keep their label; and, if they stand, move as the vehicle drives.
 * What is projected, shown on a screen or painted into an image for some frames does not. The worst
 * of the three counts.
 */
public final class TrackPlausibility implements Check {

  /** The name in policies and verdicts. */
  public static final String NAME = "track-plausibility";

  /** Labels of fewer sightings say nothing. */
  private static final int LEAST_SIGHTINGS = 4;

  private final double birthSide;
  private final double edge;
  private final boolean[] standing;

  /**
   * @param birthSide who is born in the middle of the frame with this side, as a share of the
   *     frame's, is as odd as can be, and with half of it not at all; above 0, at most 1
   * @param edge whose first box lies so far from the frame's edge, as a share of its smaller side,
   *     is in the middle of it; above 0, at most 0.5
   * @param standing whether things of each of the finder's labels stand, in its order; the motion
   *     of others is not looked at
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public TrackPlausibility(double birthSide, double edge, List<Boolean> standing) {
    if (!(birthSide > 0 && birthSide <= 1)) {
      throw new IllegalArgumentException(
          "check '%s': birthSide is %s; it must be above 0 and at most 1"
              .formatted(NAME, birthSide));
    }
    if (!(edge > 0 && edge <= 0.5)) {
      throw new IllegalArgumentException(
          "check '%s': edge is %s; it must be above 0 and at most 0.5".formatted(NAME, edge));
    }
    this.birthSide = birthSide;
    this.edge = edge;
    this.standing = new boolean[standing.size()];
    for (int i = 0; i < this.standing.length; i++) {
      this.standing[i] = standing.get(i);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void plan(PassPlan plan) {
    // The pipeline has watched the track already.
  }

  @Override
  public double nonconformity(Observation o) {
    Sighting seen = o.sighting();
    return Math.max(birth(seen.course()), Math.max(flicker(seen.course()), motion(seen)));
  }

  private double birth(Course course) {
    if (Float.isNaN(course.birthSide()) || Float.isNaN(course.birthInset())) {
      return 0;
    }
    double large = clip(2 * course.birthSide() / birthSide - 1);
    return large * clip(course.birthInset() / edge);
  }

  /** Two labels by turns are as odd as can be. */
  private static double flicker(Course course) {
    return course.sightings() < LEAST_SIGHTINGS
        ? 0
        : clip(2.0 * course.otherLabels() / course.sightings());
  }

  private double motion(Sighting seen) {
    boolean stands = seen.isLabelled() && seen.label() < standing.length && standing[seen.label()];
    return stands && seen.course().oddMotion() ? 1 : 0;
  }

  private static double clip(double value) {
    return Math.max(0, Math.min(1, value));
  }

  @Override
  public String reason(Observation o, double nonconformity) {
    Sighting seen = o.sighting();
    Course course = seen.course();
    double birth = birth(course);
    double flicker = flicker(course);
    if (motion(seen) >= Math.max(birth, flicker)) {
      return "'%s' stands, but its size and its distance from the vanishing point do not grow alike"
          .formatted(seen.labelName());
    }
    return birth >= flicker
        ? "it was there at once, %.0f %% of the frame's side large and %.0f %% away from its edge"
            .formatted(100 * course.birthSide(), 100 * course.birthInset())
        : "the finder's label changed: %d of the last %d sightings had another than most"
            .formatted(course.otherLabels(), course.sightings());
  }
}
