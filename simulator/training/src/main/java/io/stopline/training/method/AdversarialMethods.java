package io.stopline.training.method;

import io.stopline.attacks.Norm;
import io.stopline.attacks.Options;
import io.stopline.training.TrainingMethod;
import io.stopline.training.method.Methods.Description;
import io.stopline.training.method.Methods.Entry;
import io.stopline.training.method.Methods.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Standard and adversarial training: names, settings, and what the papers take where nothing is
 * given.
 */
final class AdversarialMethods {
  private AdversarialMethods() {}

  private static final Setting SMOOTHING =
      new Setting("smoothing", "0", "share of the label that is spread over all classes, 0..1");
  private static final Setting CLEAN =
      new Setting("clean", "0", "share of the clean images' loss, 0..1");
  private static final Setting NORM = new Setting("norm", "linf", "linf or l2");
  private static final Setting EPS =
      new Setting("eps", "8/255 (l2: 0.5)", "budget, over pixels 0..1");
  static final Setting AWP =
      new Setting(
          "awp",
          "0",
          "adversarial weight perturbation (Wu et al. 2020), relative to each tensor's length;"
              + " the paper: 0.01, trades 0.005");
  private static final Setting GUARD =
      new Setting(
          "guard",
          "true for one step, else false",
          "watch for catastrophic overfitting and fall back to several steps until it is over");
  private static final Setting GUARD_EVERY =
      new Setting("guard-every", "20", "training steps between two checks of the guard");
  private static final Setting GUARD_IMAGES =
      new Setting("guard-images", "32", "images of the batch that a check attacks");
  private static final Setting GUARD_STEPS =
      new Setting("guard-steps", "5", "steps of the guard's attack, for checks and fallback");
  private static final Setting WARMUP =
      new Setting("eps-warmup", "0", "steps in which the budget grows from nothing to its size");

  static final List<Entry> ENTRIES =
      List.of(standard(), pgd(), free(), fgsmRs(), nFgsm(), trades(), mart());

  private static Entry standard() {
    return entry(
        "standard",
        "cross-entropy of the images as they come; no defence",
        options -> new Standard(smoothing(options)),
        SMOOTHING);
  }

  private static Entry pgd() {
    return attacking(
        "pgd",
        "adversarial training with projected gradient descent (Madry et al. 2018)",
        options ->
            adversarial(options, "pgd", walk(options, 10, Ascent.Start.UNIFORM), mixed(options)),
        SMOOTHING,
        CLEAN,
        steps(10),
        stepSize("2.5 eps/steps, at most 0.75 eps; one step: 1.25 eps"),
        start("uniform"));
  }

  private static Entry free() {
    return entry(
        "free",
        "adversarial training that moves the perturbation with the weights' own pass"
            + " (Shafahi et al. 2019)",
        options -> {
          double epsilon = options.epsilon(Norm.LINF);
          return around(
              options,
              new FreeTraining(
                  epsilon,
                  options.number("step-size", epsilon, 0, 1000),
                  options.integer("replays", 8, 1, 100),
                  smoothing(options)));
        },
        new Setting("eps", "8/255", "budget in linf, over pixels 0..1"),
        SMOOTHING,
        new Setting("replays", "8", "uses of each batch; divide the epochs by it"),
        stepSize("eps"),
        AWP);
  }

  private static Entry fgsmRs() {
    return attacking(
        "fgsm-rs",
        "adversarial training with one step from a random start (Wong et al. 2020)",
        options ->
            adversarial(options, "fgsm-rs", walk(options, 0, Ascent.Start.UNIFORM), mixed(options)),
        SMOOTHING,
        CLEAN,
        stepSize("1.25 eps"),
        start("uniform"));
  }

  private static Entry nFgsm() {
    return attacking(
        "n-fgsm",
        "adversarial training with one step from stronger noise, not cut off"
            + " (de Jorge et al. 2022)",
        options -> adversarial(options, "n-fgsm", noisy(options), mixed(options)),
        SMOOTHING,
        CLEAN,
        stepSize("eps"),
        new Setting("noise", "2", "range of the uniform noise before the step, times eps"));
  }

  private static Entry trades() {
    return attacking(
        "trades",
        "clean cross-entropy and beta times the divergence under attack (Zhang et al. 2019)",
        options ->
            adversarial(
                options,
                "trades",
                sloped(walk(options, 10, Ascent.Start.GAUSSIAN)),
                new RobustLoss.Trades(options.number("beta", 6, 0, 1000), smoothing(options))),
        new Setting("beta", "6", "weight of the divergence; more is more robust, less clean"),
        SMOOTHING,
        steps(10),
        stepSize("2.5 eps/steps, at most 0.75 eps; one step: 1.25 eps"),
        start("gaussian (0.001); up to 2 steps: uniform"));
  }

  private static Entry mart() {
    return attacking(
        "mart",
        "boosted cross-entropy, and a divergence that counts more where the clean image is unsure"
            + " (Wang et al. 2020)",
        options ->
            adversarial(
                options,
                "mart",
                walk(options, 10, Ascent.Start.GAUSSIAN),
                new RobustLoss.Mart(options.number("lambda", 5, 0, 1000))),
        new Setting("lambda", "5", "weight of the divergence"),
        steps(10),
        stepSize("2.5 eps/steps, at most 0.75 eps; one step: 1.25 eps"),
        start("gaussian (0.001); up to 2 steps: uniform"));
  }

  private static Setting steps(int otherwise) {
    return new Setting(
        "steps", Integer.toString(otherwise), "steps of the attack; each costs a pass and back");
  }

  private static Setting stepSize(String otherwise) {
    return new Setting("step-size", otherwise, "length of a step, over pixels 0..1");
  }

  private static Setting start(String otherwise) {
    return new Setting("start", otherwise, "clean, uniform (in the budget) or gaussian (0.001)");
  }

  /** One method without an attack. */
  private static Entry entry(
      String name,
      String description,
      Function<Options, TrainingMethod> make,
      Setting... settings) {
    return new Entry(
        new Description(name, description, "", List.of(settings)),
        (options, teachers) -> make.apply(options));
  }

  /** One with the settings that all attacks have. */
  private static Entry attacking(
      String name,
      String description,
      Function<Options, TrainingMethod> make,
      Setting... settings) {
    List<Setting> all = new ArrayList<>(List.of(NORM, EPS));
    all.addAll(List.of(settings));
    all.addAll(List.of(WARMUP, AWP, GUARD, GUARD_EVERY, GUARD_IMAGES, GUARD_STEPS));
    return entry(name, description, make, all.toArray(Setting[]::new));
  }

  private static TrainingMethod adversarial(
      Options options, String name, Ascent.Settings walk, RobustLoss loss) {
    int warmup = options.integer("eps-warmup", 0, 0, 10_000_000);
    boolean guarded = options.flag("guard", walk.steps() == 1);
    CollapseGuard.Settings closely =
        new CollapseGuard.Settings(
            options.integer("guard-every", 20, 1, 1_000_000),
            options.integer("guard-images", 32, 1, 100_000),
            options.integer("guard-steps", 5, 2, 1000));
    CollapseGuard guard = guarded ? new CollapseGuard(walk, closely) : null;
    return around(options, new AdversarialTraining(name, new Ascent(walk), loss, warmup, guard));
  }

  /** With adversarial weight perturbation, if that is set. */
  static TrainingMethod around(Options options, TwoPhaseMethod method) {
    double gamma = options.number("awp", 0, 0, 1);
    return gamma == 0 ? method : new WeightPerturbation(method, gamma);
  }

  private static RobustLoss mixed(Options options) {
    return new RobustLoss.CrossEntropy(smoothing(options), options.number("clean", 0, 0, 1));
  }

  private static double smoothing(Options options) {
    return options.number("smoothing", 0, 0, 1);
  }

  /**
   * Projected steps.
   *
   * @param steps default; 0: one step, which is no setting
   * @param wide where a walk of many steps begins
   */
  private static Ascent.Settings walk(Options options, int steps, Ascent.Start wide) {
    Norm norm = options.norm(Norm.LINF, Norm.LINF, Norm.L2);
    double epsilon = options.epsilon(norm);
    int number = steps == 0 ? 1 : options.integer("steps", steps, 1, 1000);
    double stepSize = options.number("step-size", epsilon * stepShare(number), 0, 1000);
    // From a hair's breadth away few steps see little of the ball.
    Ascent.Start otherwise = number > 2 ? wide : Ascent.Start.UNIFORM;
    Ascent.Start start =
        Ascent.Start.valueOf(
            options
                .choice(
                    "start",
                    otherwise.name().toLowerCase(Locale.ROOT),
                    "clean",
                    "uniform",
                    "gaussian")
                .toUpperCase(Locale.ROOT));
    double startSize = start == Ascent.Start.GAUSSIAN ? 0.001 : epsilon;
    return new Ascent.Settings(norm, epsilon, stepSize, number, start, startSize, true);
  }

  /** At the clean image itself the divergence has no slope. */
  private static Ascent.Settings sloped(Ascent.Settings walk) {
    if (walk.start() == Ascent.Start.CLEAN) {
      throw new IllegalArgumentException(
          "method 'trades': at the clean image the divergence has no slope; give start=uniform"
              + " or start=gaussian");
    }
    return walk;
  }

  /**
   * Length of a step for a number of them, times ε: 1.25 for one (Wong et al. 2020, section 5.1),
   * ε/4 for ten (Madry et al. 2018: 2 of 8; TRADES: 0.007 of 0.031), in between so that the walk
   * can cross the ball.
   */
  private static double stepShare(int steps) {
    return steps == 1 ? 1.25 : Math.min(0.75, 2.5 / steps);
  }

  private static Ascent.Settings noisy(Options options) {
    Norm norm = options.norm(Norm.LINF, Norm.LINF, Norm.L2);
    double epsilon = options.epsilon(norm);
    return new Ascent.Settings(
        norm,
        epsilon,
        options.number("step-size", epsilon, 0, 1000),
        1,
        Ascent.Start.UNIFORM,
        epsilon * options.number("noise", 2, 0, 100),
        false);
  }
}
