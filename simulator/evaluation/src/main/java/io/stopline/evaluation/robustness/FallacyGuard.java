package io.stopline.evaluation.robustness;

import io.stopline.evaluation.robustness.Evidence.DrawPoint;
import io.stopline.evaluation.robustness.Evidence.GuardEvidence;
import io.stopline.evaluation.robustness.Fallacy.Rule;
import io.stopline.evaluation.robustness.SanityFigures.Point;
import io.stopline.evaluation.robustness.SanityFigures.Probe;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Reads figures and says why they may flatter the model: the signs of hidden gradients and of
 * attacks that were too weak (Athalye, Carlini and Wagner 2018, section 3; Carlini et al. 2019,
 * section 5). Where it finds anything a report does not call the model robust. Pure: the same
 * figures give the same words.
 *
 * <p>Differences count from a tenth of the inputs on, and never below three: the noise of so few
 * inputs must not cry wolf over an honest model.
 */
public final class FallacyGuard {

  /** Share of inputs from which on a difference between two probes means something. */
  static final double DIFFERENCE = 0.1;

  /** Margin against cross-entropy differs a little on honest models too. */
  static final double LOSS_DIFFERENCE = 0.2;

  /** Of the inputs that the gradient attacks left, what others may break without a word. */
  static final double LEFT_OVER = 0.05;

  /** Share of inputs without any gradient from which on gradients count as hidden. */
  static final double ZERO_GRADIENTS = 0.1;

  /** A budget that allows any image must break this share. */
  static final double NEARLY_ALL = 0.95;

  /** Noise this close to the attack is as strong. */
  static final double NOISE_SHARE = 0.8;

  /** Width of a 95 % interval from which on it says too little. */
  static final double WIDE = 0.2;

  private static final int FEW = 3;

  private FallacyGuard() {}

  /** What is wrong with the evidence, the gravest first; empty if nothing was found. */
  public static List<Fallacy> judge(Evidence evidence) {
    List<Fallacy> found = new ArrayList<>();
    budgets(evidence, found);
    if (evidence.withoutGradients().isEmpty()) {
      SanityFigures sanity = evidence.sanity();
      if (sanity != null) {
        maskedInSanity(sanity, found);
        curves(sanity, found);
      } else if (evidence.guard() == null) {
        // A guard's own curves, over draws and layers, take their place.
        found.add(
            new Fallacy(
                Rule.NO_SANITY,
                "no sanity runs were made: nothing here shows that the attacks work on this model"));
      }
    } else {
      found.add(
          new Fallacy(
              Rule.NO_GRADIENTS,
              "no gradients could be had (%s): only attacks without gradients were run, which find less"
                  .formatted(evidence.withoutGradients())));
    }
    maskedInAttacks(evidence, found);
    weak(evidence, found);
    if (evidence.guard() != null) {
      guard(evidence.guard(), found);
    }
    double width = evidence.robustAccuracy().high() - evidence.robustAccuracy().low();
    if (width > WIDE) {
      found.add(
          new Fallacy(
              Rule.SMALL_SAMPLE,
              "%d inputs are too few: the 95 %% interval of the accuracy under attack is %s points wide"
                  .formatted(evidence.robustAccuracy().of(), percent(width))));
    }
    found.sort(Comparator.comparing(Fallacy::rule));
    return List.copyOf(found);
  }

  private static void budgets(Evidence evidence, List<Fallacy> found) {
    for (AttackFigures attack : leaves(evidence)) {
      if (attack.violations() > 0) {
        found.add(
            new Fallacy(
                Rule.BUDGET_VIOLATED,
                "attack '%s' broke its declared budget on %d inputs (%s): they are not counted, and the run is not valid"
                    .formatted(attack.name(), attack.violations(), attack.worstViolation())));
      }
    }
  }

  private static void maskedInSanity(SanityFigures sanity, List<Fallacy> found) {
    int inputs = sanity.inputs();
    int differs = Math.max(FEW, (int) Math.ceil(DIFFERENCE * inputs));
    if (sanity.zeroGradients() >= Math.max(FEW, ZERO_GRADIENTS * inputs)) {
      masked(
          found,
          "the gradient of the cross-entropy is zero or vanishes at %d of %d clean inputs: scores are so large that the loss is flat"
              .formatted(sanity.zeroGradients(), inputs));
    }
    int iterative = sanity.at(Probe.ITERATIVE).map(Point::broken).orElse(-1);
    if (iterative < 0) {
      return;
    }
    int margin = sanity.at(Probe.MARGIN).map(Point::broken).orElse(-1);
    if (margin - iterative >= Math.max(FEW + 1, Math.ceil(LOSS_DIFFERENCE * inputs))) {
      masked(
          found,
          "the same attack on the difference of scores breaks %d of %d inputs, on the cross-entropy %d: the loss hides the gradients"
              .formatted(margin, inputs, iterative));
    }
    int best = Math.max(iterative, margin);
    int single = sanity.at(Probe.SINGLE_STEP).map(Point::broken).orElse(-1);
    if (single - best >= differs) {
      masked(
          found,
          "a single step breaks %d of %d inputs, many steps %d: gradients lead astray"
              .formatted(single, inputs, best));
    }
    int free = sanity.at(Probe.GRADIENT_FREE).map(Point::broken).orElse(-1);
    if (free - best >= differs) {
      masked(
          found,
          "a search by scores alone breaks %d of %d inputs, the gradient attack %d"
              .formatted(free, inputs, best));
    }
    int noise = sanity.at(Probe.NOISE).map(Point::broken).orElse(-1);
    if (noise - best >= differs) {
      masked(
          found,
          "random noise breaks %d of %d inputs, the gradient attack %d"
              .formatted(noise, inputs, best));
    } else if (noise >= differs && noise >= NOISE_SHARE * best) {
      found.add(
          new Fallacy(
              Rule.NOISE_AS_STRONG,
              "random noise of the same size breaks %d of %d inputs, the attack %d: the budget or the attack means little"
                  .formatted(noise, inputs, best)));
    }
  }

  private static void curves(SanityFigures sanity, List<Fallacy> found) {
    List<Point> curve = sanity.curve(Probe.ITERATIVE);
    if (curve.size() < 2) {
      return;
    }
    int differs = Math.max(FEW, (int) Math.ceil(DIFFERENCE * sanity.inputs()));
    Point highest = curve.get(0);
    for (Point point : curve) {
      if (highest.broken() - point.broken() >= differs) {
        found.add(
            new Fallacy(
                Rule.NO_GROWTH,
                "a larger budget breaks fewer inputs: %d of %d at %s, %d at %s"
                    .formatted(
                        highest.broken(),
                        sanity.inputs(),
                        number(highest.epsilon()),
                        point.broken(),
                        number(point.epsilon()))));
        break;
      }
      highest = point.broken() > highest.broken() ? point : highest;
    }
    Point first = curve.get(0);
    Point last = curve.get(curve.size() - 1);
    if (last.broken() < NEARLY_ALL * sanity.inputs()) {
      found.add(
          new Fallacy(
              Rule.NO_FULL_SUCCESS,
              "with a budget of %s, which allows nearly any image, the gradient attack still breaks only %d of %d inputs: it does not work on this model"
                  .formatted(number(last.epsilon()), last.broken(), sanity.inputs())));
      if (last.broken() <= first.broken()) {
        found.add(
            new Fallacy(
                Rule.NO_GROWTH,
                "success does not grow with the budget: %d of %d inputs at %s, %d at %s"
                    .formatted(
                        first.broken(),
                        sanity.inputs(),
                        number(first.epsilon()),
                        last.broken(),
                        number(last.epsilon()))));
      }
    }
  }

  private static void maskedInAttacks(Evidence evidence, List<Fallacy> found) {
    List<AttackFigures> leaves = leaves(evidence);
    List<AttackFigures> byGradient =
        leaves.stream().filter(a -> a.access().followsGradients()).toList();
    if (byGradient.isEmpty()) {
      return;
    }
    if (evidence.independent()) {
      AttackFigures best =
          byGradient.stream().max(Comparator.comparingLong(AttackFigures::broken)).orElseThrow();
      for (AttackFigures attack : leaves) {
        long more = attack.broken() - best.broken();
        if (attack.access().gradientFree()
            && more >= Math.max(FEW, Math.ceil(LEFT_OVER * attack.attacked()))) {
          masked(
              found,
              "'%s', which needs no gradients, breaks %d of %d inputs; the best gradient attack, '%s', %d"
                  .formatted(
                      attack.name(),
                      attack.broken(),
                      attack.attacked(),
                      best.name(),
                      best.broken()));
        }
      }
      return;
    }
    boolean after = false;
    for (AttackFigures attack : leaves) {
      after |= attack.access().followsGradients();
      if (after
          && attack.access().gradientFree()
          && attack.broken() >= Math.max(FEW, Math.ceil(LEFT_OVER * attack.attacked()))) {
        masked(
            found,
            "'%s', which needs no gradients, breaks %d of the %d inputs that the gradient attacks before it left standing"
                .formatted(attack.name(), attack.broken(), attack.attacked()));
      }
    }
  }

  private static void weak(Evidence evidence, List<Fallacy> found) {
    boolean strong =
        leaves(evidence).stream()
            .anyMatch(
                a ->
                    a.access() == Access.GRADIENTS
                        || a.access() == Access.SCORES
                        || a.access() == Access.LABELS);
    if (!strong) {
      found.add(
          new Fallacy(
              Rule.WEAK_ATTACKS,
              "no iterated attack was run on the victim itself (only %s): stronger ones will break more"
                  .formatted(
                      String.join(
                          ", ", leaves(evidence).stream().map(AttackFigures::name).toList()))));
    }
  }

  private static void guard(GuardEvidence guard, List<Fallacy> found) {
    if (!guard.adaptive()) {
      found.add(
          new Fallacy(
              Rule.NOT_ADAPTIVE,
              "the attacker did not know the guard: an attacker who does will get further; nothing here is evidence of robustness"));
    }
    if (!guard.thresholds().equals("calibration")) {
      found.add(
          new Fallacy(
              Rule.THRESHOLDS_NOT_CALIBRATED,
              "the guard's thresholds come from '%s', not from calibration data"
                  .formatted(guard.thresholds())));
    }
    List<DrawPoint> draws = guard.draws();
    if (!guard.adaptive()) {
      return;
    }
    Floor floor = guard.floor();
    if (floor != null && floor.isAbove(guard.undetected(), guard.falseAlarms())) {
      found.add(
          new Fallacy(
              Rule.BELOW_FLOOR,
              "undetected attacks and false alarms are %s %% together, while the best member, '%s', errs at %s %% under half the budget: a guard that good would make a better classifier than any of its models, so the attack on it was probably too weak"
                  .formatted(
                      percent(guard.undetected().value() + guard.falseAlarms().value()),
                      floor.best().name(),
                      percent(floor.best().error().value()))));
    }
    if (draws.size() < 2) {
      found.add(
          new Fallacy(
              Rule.TOO_FEW_DRAWS,
              "the number of draws was not varied: nothing shows that more of them would not break more"));
      return;
    }
    DrawPoint last = draws.get(draws.size() - 1);
    DrawPoint before = draws.get(draws.size() - 2);
    if (stillGrows(before, last)) {
      found.add(
          new Fallacy(
              Rule.TOO_FEW_DRAWS,
              "success still grows with the draws: %s %% with %d, %s %% with %d"
                  .formatted(
                      percent(before.success().value()),
                      before.draws(),
                      percent(last.success().value()),
                      last.draws())));
    }
  }

  /**
   * Whether an attack that averages over more draws still breaks clearly more: a twentieth of the
   * inputs, and three of them.
   */
  public static boolean stillGrows(DrawPoint fewer, DrawPoint more) {
    long gained = more.success().count() - fewer.success().count();
    return gained >= Math.max(FEW, Math.ceil(LEFT_OVER * more.success().of()));
  }

  private static void masked(List<Fallacy> found, String what) {
    found.add(new Fallacy(Rule.MASKED_GRADIENTS, "gradients are masked: " + what));
  }

  private static List<AttackFigures> leaves(Evidence evidence) {
    return evidence.attacks().stream().flatMap(a -> a.leaves().stream()).toList();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  /** Four digits at most, without noughts at the end. */
  private static String number(double x) {
    return new java.math.BigDecimal(x)
        .round(new java.math.MathContext(4))
        .stripTrailingZeros()
        .toPlainString();
  }
}
