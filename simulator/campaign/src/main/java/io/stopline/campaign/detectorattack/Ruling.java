package io.stopline.campaign.detectorattack;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.Detector;
import java.util.List;

/**
 * Says whether a goal is reached in a picture, by the file that ships. Belongs to one thread.
 *
 * <p>An object counts as hidden once no box of its label touches it, whatever else is seen there; a
 * box that moved away but still touches it is no success. It counts as mislabelled where, besides,
 * a box of another label (of the wanted one, if one is wanted) lies on it. Something counts as
 * created where a box of the wanted label touches the place.
 */
final class Ruling {

  /** How much of the way from certainty to the threshold is left to spare. */
  private static final double RESERVE = 0.5;

  private final Detector detector;
  private final AttackGoal goal;
  private final double threshold;

  /**
   * @param detector that reports what is far below the threshold too
   * @param threshold from which on a detection counts, 0..1
   */
  Ruling(Detector detector, AttackGoal goal, double threshold) {
    this.detector = detector;
    this.goal = goal;
    this.threshold = threshold;
  }

  /** What the detector sees, best first. */
  List<Detection> see(Image frame) {
    return detector.detect(frame);
  }

  /** What is looked for at the object or place. */
  private int label(AttackedObject object) {
    return goal == AttackGoal.CREATE ? object.wanted() : object.label();
  }

  Fate fate(AttackedObject object, List<Detection> seen) {
    return Fate.of(object.box(), label(object), seen, threshold);
  }

  double probability(AttackedObject object, List<Detection> seen) {
    return Fate.probability(object.box(), label(object), seen);
  }

  /** Whether the object can be attacked: it is found; at a place, what is wanted is not there. */
  boolean attackable(Fate clean) {
    return goal == AttackGoal.CREATE
        ? clean != Fate.FOUND && clean != Fate.MISPLACED
        : clean == Fate.FOUND;
  }

  boolean won(AttackedObject object, List<Detection> seen) {
    Fate fate = fate(object, seen);
    return switch (goal) {
      case HIDE -> fate == Fate.HIDDEN || fate == Fate.MISLABELLED;
      case CREATE -> fate == Fate.FOUND || fate == Fate.MISPLACED;
      case MISLABEL ->
          fate == Fate.MISLABELLED
              && (object.wanted() < 0 || liesOn(object, object.wanted(), seen));
    };
  }

  /** The same, and so clearly that it is likely to hold in other draws. */
  boolean wonWithReserve(AttackedObject object, List<Detection> seen) {
    if (!won(object, seen)) {
      return false;
    }
    double own = Fate.probability(object.box(), object.label(), seen);
    double wanted = Fate.probability(object.box(), object.wanted(), seen);
    return switch (goal) {
      case HIDE -> own < RESERVE * threshold;
      case CREATE -> wanted > 1 - RESERVE * (1 - threshold);
      case MISLABEL -> own < RESERVE * threshold;
    };
  }

  private boolean liesOn(AttackedObject object, int wanted, List<Detection> seen) {
    return seen.stream()
        .anyMatch(
            d ->
                d.label() == wanted
                    && d.probability() >= threshold
                    && object.box().intersectionOverUnion(d.region()) >= Fate.ON);
  }

  /**
   * Judges a painting as it is and in fresh draws.
   *
   * @param draws one a fresh draw; none for no draws
   */
  Trial judge(AttackedObject object, ObjectSearch.Painted painted, long... draws) {
    List<Detection> seen = see(painted.planned());
    int won = 0;
    for (long draw : draws) {
      won += won(object, see(painted.drawn(draw))) ? 1 : 0;
    }
    return new Trial(
        fate(object, seen), won(object, seen), probability(object, seen), won, draws.length);
  }
}
