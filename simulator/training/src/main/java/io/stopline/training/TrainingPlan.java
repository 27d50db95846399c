package io.stopline.training;

import io.stopline.attacks.Options;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How long and how a model is trained.
 *
 * @param epochs passes over the training images, at least 1
 * @param batch images a step
 * @param balance how far rare classes are evened out, 0 (as they come) to 1 (every class as often):
 *     a class of {@code n} images is drawn in proportion to {@code n^(1 − balance)}, the number of
 *     images an epoch staying the same
 * @param optimisation the rule of a step
 * @param validation how weights are judged
 * @param limit training time after which it stops, of all runs from the same checkpoint together;
 *     what the schedule still wanted is told
 * @param fit whether a plan that takes longer than the limit is given fewer epochs at the start, as
 *     the machine's pace allows; else it is followed until the limit cuts it off
 * @param checkpointEvery time between two checkpoints; there is one at the end of each epoch too
 * @param seed of all draws
 */
public record TrainingPlan(
    int epochs,
    int batch,
    double balance,
    Optimisation optimisation,
    ValidationPlan validation,
    Duration limit,
    boolean fit,
    Duration checkpointEvery,
    long seed) {

  /** No limit that anybody would live to see. */
  public static final Duration UNLIMITED = Duration.ofDays(36_500);

  private static final double EPSILON = 8.0 / 255;

  public TrainingPlan {
    if (epochs < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "training plan: %d epochs in batches of %d; both must be at least 1"
              .formatted(epochs, batch));
    }
    if (!(balance >= 0 && balance <= 1)) {
      throw new IllegalArgumentException(
          "training plan: balance is %s; allowed: 0 to 1".formatted(balance));
    }
    if (limit.isNegative() || limit.isZero() || checkpointEvery.isNegative()) {
      throw new IllegalArgumentException(
          "training plan: a limit of %s and a checkpoint every %s; give times above 0"
              .formatted(limit, checkpointEvery));
    }
  }

  /** For a fresh architecture under {@link Parametrization#standardised}. */
  public static TrainingPlan fresh() {
    return new TrainingPlan(
        30,
        128,
        0.3,
        new Optimisation(Optimisation.Kind.ADAMW, 3e-3, 0.001, 1, 0.9, 0.05, 1, 0.998),
        new ValidationPlan(1, EPSILON, 10, 384, 0.5, 0),
        UNLIMITED,
        true,
        Duration.ofSeconds(60),
        1);
  }

  /**
   * For a stranger's trained file under {@link Parametrization#direct}: a learning rate that leaves
   * what was learnt in place, short gradients, no batch normalisation to lean on.
   */
  public static TrainingPlan finetuning() {
    return new TrainingPlan(
        15,
        128,
        0.3,
        new Optimisation(Optimisation.Kind.ADAMW, 1e-3, 0.01, 0.5, 0.9, 1e-3, 1, 0.998),
        new ValidationPlan(1, EPSILON, 10, 384, 0.5, 0),
        UNLIMITED,
        true,
        Duration.ofSeconds(60),
        1);
  }

  /** The same plan with another time limit. */
  public TrainingPlan limit(Duration limit) {
    return new TrainingPlan(
        epochs, batch, balance, optimisation, validation, limit, fit, checkpointEvery, seed);
  }

  /** The same plan with another seed. */
  public TrainingPlan seed(long seed) {
    return new TrainingPlan(
        epochs, batch, balance, optimisation, validation, limit, fit, checkpointEvery, seed);
  }

  /** The same plan with another number of epochs. */
  public TrainingPlan epochs(int epochs) {
    return new TrainingPlan(
        epochs, batch, balance, optimisation, validation, limit, fit, checkpointEvery, seed);
  }

  /** The same plan judged otherwise. */
  public TrainingPlan validation(ValidationPlan validation) {
    return new TrainingPlan(
        epochs, batch, balance, optimisation, validation, limit, fit, checkpointEvery, seed);
  }

  /**
   * A plan from the options {@code epochs batch balance optimiser lr end-lr warmup momentum
   * weight-decay clip average validate-every validate-eps validate-steps validate-sample
   * robust-weight patience fit checkpoint-every} (seconds).
   *
   * @param otherwise what is not given; its limit and seed stay
   */
  public static TrainingPlan of(Options options, TrainingPlan otherwise) {
    Optimisation o = otherwise.optimisation;
    ValidationPlan v = otherwise.validation;
    double infinity = Double.POSITIVE_INFINITY;
    Optimisation.Kind kind =
        options
                .choice("optimiser", o.kind().name().toLowerCase(Locale.ROOT), "sgd", "adamw")
                .equals("sgd")
            ? Optimisation.Kind.SGD
            : Optimisation.Kind.ADAMW;
    return new TrainingPlan(
        options.integer("epochs", otherwise.epochs, 1, 1_000_000),
        options.integer("batch", otherwise.batch, 1, 65_536),
        options.number("balance", otherwise.balance, 0, 1),
        new Optimisation(
            kind,
            options.number("lr", o.rate(), 0, infinity),
            options.number("end-lr", o.endRate(), 0, 1),
            options.number("warmup", o.warmup(), 0, infinity),
            options.number("momentum", o.momentum(), 0, 1),
            options.number("weight-decay", o.decay(), 0, infinity),
            options.number("clip", o.clip(), 0, infinity),
            options.number("average", o.average(), 0, 1)),
        new ValidationPlan(
            options.integer("validate-every", v.every(), 1, 1_000_000),
            options.number("validate-eps", v.epsilon(), 0, 1),
            options.integer("validate-steps", v.steps(), 1, 10_000),
            options.integer("validate-sample", v.sample(), 1, 10_000_000),
            options.number("robust-weight", v.robustWeight(), 0, 1),
            options.integer("patience", v.patience(), 0, 1_000_000)),
        otherwise.limit,
        options.flag("fit", otherwise.fit),
        Duration.ofSeconds(
            options.integer(
                "checkpoint-every", (int) otherwise.checkpointEvery.toSeconds(), 0, 1_000_000)),
        otherwise.seed);
  }

  /**
   * Every setting that decides about the weights, by its option's name, for reports and
   * checkpoints; the times are not among them.
   */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("epochs", Integer.toString(epochs));
    settings.put("batch", Integer.toString(batch));
    settings.put("balance", Double.toString(balance));
    settings.put("optimiser", optimisation.kind().name().toLowerCase(Locale.ROOT));
    settings.put("lr", Double.toString(optimisation.rate()));
    settings.put("end-lr", Double.toString(optimisation.endRate()));
    settings.put("warmup", Double.toString(optimisation.warmup()));
    settings.put("momentum", Double.toString(optimisation.momentum()));
    settings.put("weight-decay", Double.toString(optimisation.decay()));
    settings.put("clip", Double.toString(optimisation.clip()));
    settings.put("average", Double.toString(optimisation.average()));
    settings.put("validate-every", Integer.toString(validation.every()));
    settings.put("validate-eps", Double.toString(validation.epsilon()));
    settings.put("validate-steps", Integer.toString(validation.steps()));
    settings.put("validate-sample", Integer.toString(validation.sample()));
    settings.put("robust-weight", Double.toString(validation.robustWeight()));
    settings.put("patience", Integer.toString(validation.patience()));
    settings.put("fit", Boolean.toString(fit));
    settings.put("seed", Long.toString(seed));
    return settings;
  }
}
