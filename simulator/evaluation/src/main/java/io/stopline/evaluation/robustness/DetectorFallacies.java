package io.stopline.evaluation.robustness;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Fallacy.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Reads the figures of an attack on a detector and says why they may flatter it, as {@link
 * FallacyGuard} does for classifiers. Pure: the same figures give the same words.
 */
public final class DetectorFallacies {

  /** A detector with less average precision is not worth attacking. */
  static final double LEAST_PRECISION = 0.3;

  /** Searches with fewer steps end before they have got anywhere. */
  static final int FEW_STEPS = 50;

  /** A patch over the whole object must reach its goal with this share. */
  static final double NEARLY_ALL = 0.9;

  /**
   * A difference between two shares means something from here on, if it is of 2 objects or more.
   */
  static final double DIFFERENCE = 0.1;

  /** With fewer attacked objects no share means anything. */
  static final int FEW_OBJECTS = 10;

  private DetectorFallacies() {}

  /** What is wrong with the evidence, the gravest first; empty if nothing was found. */
  public static List<Fallacy> judge(DetectorEvidence evidence) {
    List<Fallacy> found = new ArrayList<>();
    DetectorAttackFigures figures = evidence.figures();
    if (figures.violations() > 0) {
      found.add(
          new Fallacy(
              Rule.BUDGET_VIOLATED,
              "%d paintings cover more than was allowed: they are not counted, and the run is not valid"
                  .formatted(figures.violations())));
    }
    clean(figures, found);
    strength(evidence, found);
    controls(figures, found);
    DetectorGuardFigures guard = evidence.guard();
    if (guard != null) {
      guard(guard, found);
    }
    found.sort(Comparator.comparing(Fallacy::rule));
    return List.copyOf(found);
  }

  private static void clean(DetectorAttackFigures figures, List<Fallacy> found) {
    if (figures.clean().value() < LEAST_PRECISION) {
      found.add(
          new Fallacy(
              Rule.BAD_WHEN_CLEAN,
              String.format(
                  Locale.ROOT,
                  "average precision is %.3f when nothing is done: what such a detector loses under attack means little",
                  figures.clean().value())));
    }
    long objects = figures.won().of();
    if (objects < FEW_OBJECTS) {
      found.add(
          new Fallacy(
              Rule.SMALL_SAMPLE,
              "%d attacked objects are too few: the 95 %% interval of the share %s is %s to %s"
                  .formatted(
                      objects,
                      figures.success(),
                      percent(figures.won().low()),
                      percent(figures.won().high()))));
    }
  }

  private static void strength(DetectorEvidence evidence, List<Fallacy> found) {
    DetectorAttackFigures figures = evidence.figures();
    if (!evidence.withoutGradients().isEmpty()) {
      found.add(
          new Fallacy(
              Rule.NO_GRADIENTS,
              "no gradients could be had (%s): a search by scores alone was run, which finds less"
                  .formatted(evidence.withoutGradients())));
    }
    if (evidence.steps() < FEW_STEPS) {
      found.add(
          new Fallacy(
              Rule.WEAK_ATTACKS,
              "%d steps are few for a patch; give at least %d"
                  .formatted(evidence.steps(), FEW_STEPS)));
    }
    figures
        .control(DetectorControl.MORE_STEPS)
        .filter(c -> differs(c.success(), c.attack()))
        .ifPresent(
            c ->
                found.add(
                    new Fallacy(
                        Rule.WEAK_ATTACKS,
                        "twice as many steps reach the goal with %d of %d objects, the attack with %d: it had too few"
                            .formatted(
                                c.success().count(), c.success().of(), c.attack().count()))));
    DetectorAttackFigures.Draws draws = figures.draws();
    if (draws.draws() == 0) {
      found.add(
          new Fallacy(
              Rule.TOO_FEW_DRAWS,
              "no painting was judged in another place, size or light: what works once may not work on a road"));
    } else if (figures.won().value() - draws.mean().value() > 0.25) {
      found.add(
          new Fallacy(
              Rule.TOO_FEW_DRAWS,
              "as painted %s of the objects are %s, over fresh draws of place, size and light %s: the search averaged over too few draws"
                  .formatted(
                      percent(figures.won().value()),
                      figures.success(),
                      percent(draws.mean().value()))));
    }
  }

  private static void controls(DetectorAttackFigures figures, List<Fallacy> found) {
    if (figures.controls().isEmpty()) {
      found.add(
          new Fallacy(
              Rule.NO_SANITY,
              "no controls were made: nothing here shows that the attack works on this detector"));
    }
    for (String name : List.of(DetectorControl.GREY, DetectorControl.NOISE)) {
      figures
          .control(name)
          .ifPresent(
              c -> {
                if (differs(c.success(), c.attack())) {
                  found.add(
                      new Fallacy(
                          Rule.MASKED_GRADIENTS,
                          "%s reaches the goal with %d of %d objects, the searched painting with %d: the search is led astray"
                              .formatted(
                                  c.words(),
                                  c.success().count(),
                                  c.success().of(),
                                  c.attack().count())));
                } else if (c.success().count() > 1 && !differs(c.attack(), c.success())) {
                  found.add(
                      new Fallacy(
                          Rule.NOISE_AS_STRONG,
                          "%s reaches the goal with %d of %d objects, the searched painting with %d: covering the object does it, not the attack"
                              .formatted(
                                  c.words(),
                                  c.success().count(),
                                  c.success().of(),
                                  c.attack().count())));
                }
              });
    }
    figures
        .control(DetectorControl.QUERIES)
        .filter(c -> differs(c.success(), c.attack()))
        .ifPresent(
            c ->
                found.add(
                    new Fallacy(
                        Rule.MASKED_GRADIENTS,
                        "%s reaches the goal with %d of %d objects, the search by gradients with %d: gradients are hidden, or the search is weak"
                            .formatted(
                                c.words(),
                                c.success().count(),
                                c.success().of(),
                                c.attack().count()))));
    figures
        .control(DetectorControl.HUGE)
        .filter(c -> c.success().value() < NEARLY_ALL)
        .ifPresent(
            c ->
                found.add(
                    new Fallacy(
                        Rule.NO_FULL_SUCCESS,
                        "with a patch over the whole object the attack still reaches its goal with only %d of %d: it does not work on this detector"
                            .formatted(c.success().count(), c.success().of()))));
  }

  private static void guard(DetectorGuardFigures guard, List<Fallacy> found) {
    if (!guard.adaptive()) {
      found.add(
          new Fallacy(
              Rule.NOT_ADAPTIVE,
              "the attacker aimed at the finder alone: an attacker who aims at the whole guard (--adaptive) is the one that counts"));
    }
    if (guard.read().value() < 0.5) {
      found.add(
          new Fallacy(
              Rule.BAD_WHEN_CLEAN,
              "the guard accepts the right label of only %d of %d objects when nothing is done"
                  .formatted(guard.read().count(), guard.read().of())));
    }
    if (guard.undetectedObjects().of() < FEW_OBJECTS) {
      found.add(
          new Fallacy(
              Rule.SMALL_SAMPLE,
              "%d objects that the guard reads when clean are too few for a share"
                  .formatted(guard.undetectedObjects().of())));
    }
  }

  /** Whether the first share is larger by more than chance among so few objects easily makes. */
  private static boolean differs(Rate more, Rate less) {
    return more.count() - less.count() >= Math.max(2, Math.ceil(DIFFERENCE * more.of()));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
