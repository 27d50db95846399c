package io.stopline.training.method;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps training with a single-step attack from catastrophic overfitting, where a model learns to
 * stand against exactly that step and falls to everything else (Wong et al. 2020, section 5.4).
 * Every few steps a part of the batch is attacked with the fast attack and with several small
 * steps. Where the second leaves little of what the first leaves, the method falls back to the
 * several steps until the model has recovered (Li et al. 2020, "Towards understanding fast
 * adversarial training"). Each relapse doubles the least stay. Belongs to one thread.
 */
final class CollapseGuard {

  /** Below this share of the accuracy under the fast attack, the model has collapsed… */
  private static final double COLLAPSED = 0.35;

  /** …if that is also this far below: early in training both are chance. */
  private static final double GAP = 0.2;

  /** From this share on it has recovered. */
  private static final double RECOVERED = 0.5;

  /** Longest least stay, in checks. */
  private static final int LONGEST = 16;

  private static final int NUMBERS = 4;

  /**
   * How closely it watches.
   *
   * @param every steps of training between two checks
   * @param images of the batch that a check attacks
   * @param steps of the attack that is checked with and fallen back to
   */
  record Settings(int every, int images, int steps) {}

  private final Settings settings;
  private final Ascent fast;
  private final Ascent strong;
  private float[] attacked = new float[0];
  private int calls;
  private int collapses;
  private boolean fallenBack;

  /** Checks that the present fallback still lasts at least. */
  private int stay;

  private @Nullable String note;

  CollapseGuard(Ascent.Settings fast, Settings settings) {
    this.settings = settings;
    this.fast = new Ascent(fast);
    this.strong = new Ascent(fast.withSteps(settings.steps));
  }

  /**
   * To be asked before each step of training.
   *
   * @param scale see {@link Ascent#walk}
   * @param seed of this step
   * @return the attack to use instead of the fast one; null: the fast one
   */
  @Nullable Ascent instead(
      DifferentiableModel model, Batch batch, double scale, long seed, Ascent.Climb climb) {
    note = null;
    if (calls++ % settings.every == 0) {
      check(model, batch, scale, RandomStream.derive(seed, -1), climb);
    }
    return fallenBack ? strong : null;
  }

  private void check(
      DifferentiableModel model, Batch batch, double scale, long seed, Ascent.Climb climb) {
    int count = Math.min(settings.images, batch.count());
    double few = standing(fast, model, batch, count, scale, seed, climb);
    double many = standing(strong, model, batch, count, scale, seed, climb);
    if (!fallenBack) {
      if (many < COLLAPSED * few && few - many >= GAP) {
        fallenBack = true;
        stay = Math.min(LONGEST, 1 << Math.min(30, collapses));
        collapses++;
        note =
            told(
                "catastrophic overfitting",
                few,
                many,
                "training with %d steps".formatted(settings.steps));
      }
      return;
    }
    stay = Math.max(0, stay - 1);
    if (stay == 0 && many >= RECOVERED * few) {
      fallenBack = false;
      note = told("recovered from catastrophic overfitting", few, many, "training with one step");
    }
  }

  private double standing(
      Ascent ascent,
      DifferentiableModel model,
      Batch batch,
      int count,
      double scale,
      long seed,
      Ascent.Climb climb) {
    attacked = Buffers.of(attacked, count * model.shape().size());
    ascent.walk(model, batch, count, scale, seed, climb, attacked);
    return Ascent.right(model, attacked, batch.labels(), count) / (double) count;
  }

  private String told(String what, double few, double many, String then) {
    return String.format(
        Locale.ROOT,
        "%s: of a training batch %.0f %% stand against the fast attack, %.0f %% against %d steps;"
            + " now %s",
        what,
        100 * few,
        100 * many,
        settings.steps,
        then);
  }

  /** Something that a person should read; null if nothing happened in the last step. */
  @Nullable String note() {
    return note;
  }

  /** How often it has stepped in. */
  int collapses() {
    return collapses;
  }

  boolean fallenBack() {
    return fallenBack;
  }

  float[] memory() {
    float[] memory = new float[NUMBERS];
    memory[0] = calls;
    memory[1] = collapses;
    memory[2] = fallenBack ? 1 : 0;
    memory[3] = stay;
    return memory;
  }

  /**
   * @param memory in which {@link #memory} stands from {@code from} on
   */
  void restore(float[] memory, int from) {
    calls = (int) memory[from];
    collapses = (int) memory[from + 1];
    fallenBack = memory[from + 2] != 0;
    stay = (int) memory[from + 3];
  }
}
