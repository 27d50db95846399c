package io.stopline.attacks.physical;

import io.stopline.attacks.Options;
import java.util.Map;

/**
 * How a search spends its looks.
 *
 * @param population candidates that the gradient-free search moves about; the gradient search
 *     begins with the best of them; at least 1
 * @param generations how often they move; 0: they are only compared
 * @param steps of the gradient search; 0: none
 * @param rate of a step, as a share of a parameter's range, above 0
 * @param restarts of the gradient search, at least 1
 * @param draws viewing conditions a step, at least 1
 * @param judge viewing conditions by which candidates are chosen, at least 1
 * @param fresh viewing conditions over which the chosen one is re-scored, at least 1
 * @param enough share of the judging conditions at which the search for an input ends, 0..1
 * @param viewing what conditions there are
 */
record SearchPlan(
    int population,
    int generations,
    int steps,
    double rate,
    int restarts,
    int draws,
    int judge,
    int fresh,
    double enough,
    Viewing viewing) {

  /** Conditions under which the candidates of one generation are compared. */
  static final int COMPARED = 3;

  /** How often the gradient search asks whether it is done. */
  static final int CHECKPOINTS = 4;

  SearchPlan {
    atLeast("population", population, 1);
    atLeast("generations", generations, 0);
    atLeast("steps", steps, 0);
    atLeast("restarts", restarts, 1);
    atLeast("draws", draws, 1);
    atLeast("judge", judge, 1);
    atLeast("fresh", fresh, 1);
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException("rate is " + rate + "; it must be above 0, at most 1");
    }
    if (!(enough >= 0 && enough <= 1)) {
      throw new IllegalArgumentException("enough is " + enough + "; it must be 0 to 1");
    }
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s is %d; it must be at least %d".formatted(name, value, least));
    }
  }

  /**
   * Reads the settings that all physical attacks have.
   *
   * @param otherwise what is not given
   */
  static SearchPlan of(Options options, SearchPlan otherwise) {
    return new SearchPlan(
        options.integer("population", otherwise.population, 1, 10_000),
        options.integer("generations", otherwise.generations, 0, 100_000),
        options.integer("steps", otherwise.steps, 0, 100_000),
        options.number("rate", otherwise.rate, 1e-6, 1),
        options.integer("restarts", otherwise.restarts, 1, 1000),
        options.integer("draws", otherwise.draws, 1, 10_000),
        options.integer("judge", otherwise.judge, 1, 10_000),
        options.integer("fresh", otherwise.fresh, 1, 100_000),
        options.number("enough", otherwise.enough, 0, 1),
        Viewing.DRIVE.times(options.number("viewing", 1, 0, 10)));
  }

  /** Adds the settings by name. */
  void describe(Map<String, Object> settings) {
    settings.put("population", population);
    settings.put("generations", generations);
    settings.put("steps", steps);
    settings.put("rate", rate);
    settings.put("restarts", restarts);
    settings.put("draws", draws);
    settings.put("judge", judge);
    settings.put("fresh", fresh);
    settings.put("enough", enough);
    settings.put("viewing", viewing.toString());
  }

  /** Looks an input at most, gradients counted as one, re-scoring not counted. */
  long queries() {
    long compared = population > 1 ? (long) population * (generations + 1) * COMPARED : 0;
    long climbed = (long) restarts * steps * draws;
    return compared + climbed + (long) (1 + restarts * CHECKPOINTS) * (judge + 1);
  }
}
