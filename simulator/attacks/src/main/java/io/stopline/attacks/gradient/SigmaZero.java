package io.stopline.attacks.gradient;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A sparse attack: σ-zero (Cinà et al. 2025, "σ-zero: Gradient-based Optimization of ℓ0-norm
 * Adversarial Examples", algorithm 1). Descends on the margin and a smooth count of changed pixels
 * together; changes below a threshold are taken back after each step, and the threshold rises while
 * the image is adversarial and falls while it is not. A pixel counts once, in whichever channels it
 * changes (the paper counts channels apart). Looks for the smallest change; success is one within
 * epsilon pixels. Immutable and thread-safe.
 */
public final class SigmaZero implements Attack {

  /** How sharply the smooth count tells changed from unchanged. */
  private static final double SIGMA = 1e-3;

  private static final double FIRST_THRESHOLD = 0.3;

  private static final double THRESHOLD_STEP = 0.01;

  private final Settings settings;

  public SigmaZero(Settings settings) {
    this.settings = settings;
  }

  /**
   * What to do.
   *
   * @param budget L0; infinite to look for the fewest pixels to the end
   * @param target the class that every input is to be taken for; empty: any wrong one
   * @param steps at least 1
   * @param stepSize of the first step, over values in 0..1; falls to 0 along a cosine
   */
  public record Settings(PixelBudget budget, OptionalInt target, int steps, double stepSize) {
    public Settings {
      if (budget.norm() != Norm.L0) {
        throw new IllegalArgumentException(
            "sparse-l0: norm %s; allowed: l0".formatted(budget.norm()));
      }
      if (steps < 1 || !(stepSize > 0)) {
        throw new IllegalArgumentException(
            "sparse-l0: %d steps, step size %s; at least 1, above 0".formatted(steps, stepSize));
      }
    }
  }

  @Override
  public String name() {
    return "sparse-l0";
  }

  @Override
  public ThreatModel threatModel() {
    return Declared.whiteBox(settings.budget, settings.target.isPresent(), 1L + settings.steps, 1);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> map = Declared.settings(settings.budget, settings.target);
    map.put("steps", settings.steps);
    map.put("step-size", settings.stepSize);
    return map;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    Objective objective =
        victim.objective(inputs, Losses.MARGIN, Declared.targets(settings.target, inputs.count()));
    Closest closest = new Closest(name(), objective, inputs, settings.budget);
    Candidates candidates =
        new Candidates(name(), objective, inputs, settings.budget.unrounded(), 1);
    int[] rows = closest.standing();
    float[] images = inputs.images().clone();
    float[] threshold = new float[inputs.count()];
    Arrays.fill(threshold, (float) FIRST_THRESHOLD);
    int size = inputs.shape().size();
    for (int step = 0; step <= settings.steps && rows.length > 0; step++) {
      run.progress().accept(step / (settings.steps + 1.0));
      if (step > 0 && run.cancelled().getAsBoolean()) {
        break;
      }
      candidates.evaluate(rows, images, step < settings.steps);
      closest.offer(rows, images, candidates.success());
      if (step == settings.steps) {
        break;
      }
      double rate =
          settings.stepSize * 0.5 * (1 + Math.cos(Math.PI * step / (double) settings.steps));
      for (int i = 0; i < rows.length; i++) {
        boolean adversarial = candidates.success()[i];
        double moved = threshold[i] + (adversarial ? 1 : -1) * THRESHOLD_STEP * rate;
        // The first look is at the clean image, which tells nothing of the threshold.
        threshold[i] = step == 0 ? threshold[i] : (float) Math.min(1, Math.max(0, moved));
        descend(i, rows[i], inputs, images, candidates, rate, threshold[i]);
      }
      int[] kept = Rows.kept(rows, closest::done);
      if (kept.length < rows.length) {
        rows = Rows.of(rows, kept);
        Rows.close(images, size, kept);
        Rows.close(threshold, 1, kept);
      }
    }
    return closest.outcome();
  }

  private static void descend(
      int i,
      int row,
      Inputs inputs,
      float[] images,
      Candidates candidates,
      double rate,
      float threshold) {
    int size = inputs.shape().size();
    int channels = inputs.shape().channels();
    int at = i * size;
    int cleanAt = row * size;
    float[] clean = inputs.images();
    float[] gradient = candidates.gradient();
    // Once adversarial, only sparsity is left to gain.
    boolean standing = candidates.loss()[i] <= 0;
    double pixels = size / (double) channels;
    double largest = 0;
    for (int p = 0; p < size; p += channels) {
      double length = 0;
      for (int c = p; c < p + channels; c++) {
        double change = (double) images[at + c] - clean[cleanAt + c];
        length += change * change;
      }
      double pull = 2 * SIGMA / ((length + SIGMA) * (length + SIGMA)) / pixels;
      for (int c = p; c < p + channels; c++) {
        double change = (double) images[at + c] - clean[cleanAt + c];
        float slope = gradient[at + c];
        double g = pull * change - (standing && Float.isFinite(slope) ? slope : 0);
        gradient[at + c] = (float) g;
        largest = Math.max(largest, Math.abs(g));
      }
    }
    double scale = largest > 0 ? rate / largest : 0;
    for (int p = 0; p < size; p += channels) {
      float change = 0;
      for (int c = p; c < p + channels; c++) {
        double x = images[at + c] - scale * gradient[at + c];
        images[at + c] = (float) Math.min(1, Math.max(0, x));
        change = Math.max(change, Math.abs(images[at + c] - clean[cleanAt + c]));
      }
      if (change < threshold) {
        System.arraycopy(clean, cleanAt + p, images, at + p, channels);
      }
    }
  }

  /** {@code sparse-l0}. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "sparse-l0";
    }

    @Override
    public String summary() {
      return "few pixels, changed at will: sigma-zero (Cinà et al. 2025)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      Settings settings =
          new Settings(
              options.budget(Norm.L0, Norm.L0),
              options.target(),
              options.integer("steps", 1000, 1, 1_000_000),
              options.number("step-size", 1, 1e-6, 100));
      options.end();
      return new SigmaZero(settings);
    }
  }
}
