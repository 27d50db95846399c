package io.stopline.training.method;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Adversarial training against what cannot be followed by gradients alone, because it has a place
 * and an outline: many are drawn for each image, the linearised loss names the best of them, and
 * the model itself says which of those is worst (worst-of-k as Engstrom et al. 2019 choose
 * rotations). Costs one forward-backward pass and one forward pass a try beside the step itself.
 * Belongs to one thread.
 */
final class AlterationTraining extends AlteredTraining {

  private final Function<ImageShape, Alteration> made;
  private final int candidates;
  private final int tries;
  private final CleanLook look = new CleanLook();
  private final RandomStream draws = new RandomStream(0);
  private final String groups;
  private @Nullable Alteration alteration;
  private @Nullable LookAlikes lookAlikes;
  private float[] painted = new float[0];
  private float[] logits = new float[0];
  private double[] worst = new double[0];

  /** Kept candidates of each image, the one with most gain first. */
  private double[][][] kept = new double[0][][];

  private double[][] gains = new double[0][];

  /**
   * @param candidates drawn for each image, at least {@code tries}
   * @param tries shown to the model, at least 1
   * @param groups of look-alikes: candidates are chosen that bring the label nearest to one of its
   *     group, see {@link LookAlikes}; empty: to any wrong one
   * @param clean share of images that stay as they come, 0..1
   */
  AlterationTraining(
      String name,
      Function<ImageShape, Alteration> made,
      int candidates,
      int tries,
      String groups,
      double clean,
      double smoothing) {
    super(name, clean, smoothing);
    if (candidates < tries) {
      throw new IllegalArgumentException(
          "method '%s': %d tries of %d candidates; give at least as many candidates"
              .formatted(name, tries, candidates));
    }
    this.made = made;
    this.candidates = candidates;
    this.tries = tries;
    this.groups = groups;
  }

  @Override
  int alter(TrainableModel model, Batch batch, long seed, float[] into) {
    ImageShape shape = model.shape();
    int size = shape.size();
    int count = batch.count();
    if (alteration == null) {
      alteration = made.apply(shape);
    }
    Alteration drawn = alteration;
    if (!groups.isEmpty() && lookAlikes == null) {
      lookAlikes = new LookAlikes(groups, model.classes());
    }
    LookAlikes alike = lookAlikes;
    if (alike == null) {
      look.at(model, batch);
    } else {
      look.look(model, batch.images(), batch.labels(), count, alike.climb(batch.labels()));
    }
    room(count, drawn.parameters());
    for (int i = 0; i < count; i++) {
      choose(drawn, batch, i, i * size, RandomStream.derive(seed, batch.ids()[i]));
    }
    if (tries == 1) {
      paint(drawn, batch, size, 0, into);
      return look.right();
    }
    int classes = model.classes();
    painted = Buffers.of(painted, count * size);
    logits = Buffers.of(logits, count * classes);
    worst = worst.length >= count ? worst : new double[count];
    for (int attempt = 0; attempt < tries; attempt++) {
      paint(drawn, batch, size, attempt, painted);
      model.logits(painted, count, logits);
      for (int i = 0; i < count; i++) {
        int label = batch.labels()[i];
        double loss =
            alike == null
                ? RowLoss.crossEntropy(logits, i * classes, classes, label)
                : alike.loss(logits, i * classes, label);
        if (attempt == 0 || loss > worst[i]) {
          worst[i] = loss;
          System.arraycopy(painted, i * size, into, i * size, size);
        }
      }
    }
    return look.right();
  }

  private void room(int count, int parameters) {
    if (kept.length < count) {
      kept = new double[count][tries + 1][parameters];
      gains = new double[count][tries + 1];
    }
  }

  /** Leaves the candidates with most gain in their order; the last place is for the next draw. */
  private void choose(Alteration drawn, Batch batch, int image, int at, long seed) {
    drawn.look(batch.images(), look.gradient(), at);
    draws.reseed(seed);
    double[][] best = kept[image];
    double[] gain = gains[image];
    java.util.Arrays.fill(gain, Double.NEGATIVE_INFINITY);
    for (int c = 0; c < candidates; c++) {
      double[] next = best[tries];
      drawn.draw(draws, next);
      double value = drawn.gain(next);
      int place = tries;
      while (place > 0 && value > gain[place - 1]) {
        best[place] = best[place - 1];
        gain[place] = gain[place - 1];
        place--;
      }
      best[place] = next;
      gain[place] = value;
    }
  }

  private void paint(Alteration drawn, Batch batch, int size, int attempt, float[] into) {
    for (int i = 0; i < batch.count(); i++) {
      drawn.look(batch.images(), look.gradient(), i * size);
      drawn.paint(kept[i][attempt], into, i * size);
    }
  }
}
