package io.stopline.training.method;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import org.jspecify.annotations.Nullable;

/**
 * Trains one member of an ensemble so that what fools the others does not fool it. In each step one
 * of the other members, which stay as they are, is drawn, and the model learns the right label of
 * images in which that member sees something else. Two ways to make them:
 *
 * <ul>
 *   <li>{@link Images#FEATURES}: DVERGE (Yang et al. 2020, "DVERGE: Diversifying Vulnerabilities
 *       for Enhanced Robust Generation of Ensembles", equations 1 and 4): the image changes, within
 *       the budget, until the other member's features are those of another image of the batch. Here
 *       the features are the scores; the paper draws a hidden layer.
 *   <li>{@link Images#ATTACKS}: ensemble adversarial training (Tramèr et al. 2018): projected
 *       gradient descent on the other member.
 * </ul>
 *
 * A base method, weighted, keeps what the member is for: clean accuracy, noise, masks. Members are
 * trained in turn, each against the others as they are by then. Belongs to one thread; closes
 * teachers and base with itself.
 */
final class DiversityTraining implements TrainingMethod {

  /** What the model is shown. */
  enum Images {
    /** The other member's features of another image. */
    FEATURES,
    /** Attacks on the other member. */
    ATTACKS
  }

  /**
   * What to do.
   *
   * @param walk how the images are made
   * @param weight of these images' loss, 0..1; the base method has the rest
   * @param smoothing of the labels, 0..1
   */
  record Settings(Images images, Ascent.Settings walk, double weight, double smoothing) {}

  private final Settings settings;
  private final Ascent ascent;
  private final Teachers others;
  private final @Nullable TrainingMethod base;
  private float[] shown = new float[0];
  private float[] source = new float[0];
  private float[] wanted = new float[0];
  private float[] cotangent = new float[0];
  private float[] baseGradient = new float[0];

  /**
   * @param others the ensemble's other members
   * @param base what is learnt beside it; null if nothing, whatever the weight
   */
  DiversityTraining(Settings settings, Teachers others, @Nullable TrainingMethod base) {
    this.settings = settings;
    this.ascent = new Ascent(settings.walk());
    this.others = others;
    this.base = base;
  }

  @Override
  public String name() {
    return "diversity";
  }

  @Override
  public int replays() {
    return base == null ? 1 : base.replays();
  }

  @Override
  public StepResult gradient(
      TrainableModel model, Batch batch, RandomStream random, float[] gradient) {
    others.requireLike(model);
    RandomStream draws = new RandomStream(random.nextLong());
    DifferentiableModel other = others.get(draws.nextInt(others.count()));
    make(other, batch, draws);
    double weight = base == null ? 1 : settings.weight();
    int count = batch.count();
    cotangent = Buffers.zeros(cotangent, count * model.classes());
    double loss;
    int rightShown;
    try (TrainableModel.Training training = model.train(shown, count)) {
      Losses.Rows rows = Losses.Rows.of(training.logits(), count, model.classes());
      loss = Losses.crossEntropy(rows, batch.labels(), settings.smoothing(), weight, cotangent);
      training.backward(cotangent, gradient, null);
      rightShown = Losses.right(rows, batch.labels());
    }
    if (base == null) {
      return new StepResult(loss, rightShown, rightShown, count);
    }
    baseGradient = Buffers.zeros(baseGradient, model.weights());
    StepResult step = base.gradient(model, batch, random, baseGradient);
    for (int i = 0; i < model.weights(); i++) {
      gradient[i] += (float) ((1 - weight) * baseGradient[i]);
    }
    return new StepResult(
        weight * loss + (1 - weight) * step.loss(), step.right(), rightShown, count);
  }

  /** Makes the images in which the other member sees something else. */
  private void make(DifferentiableModel other, Batch batch, RandomStream draws) {
    int count = batch.count();
    shown = Buffers.of(shown, count * other.shape().size());
    Ascent.Climb climb = Ascent.crossEntropy(batch.labels());
    if (settings.images() == Images.FEATURES) {
      chooseFeatures(other, batch, draws);
      climb =
          (rows, cotangent) -> {
            for (int i = 0; i < count * other.classes(); i++) {
              cotangent[i] = wanted[i] - rows.logits()[i];
            }
          };
    }
    ascent.walk(other, batch, count, 1, draws.nextLong(), climb, shown);
  }

  /** Each image is to look like another of the batch: its neighbour in a circle of drawn stride. */
  private void chooseFeatures(DifferentiableModel other, Batch batch, RandomStream draws) {
    int count = batch.count();
    int size = other.shape().size();
    int stride = count == 1 ? 0 : 1 + draws.nextInt(count - 1);
    source = Buffers.of(source, count * size);
    wanted = Buffers.of(wanted, count * other.classes());
    System.arraycopy(batch.images(), stride * size, source, 0, (count - stride) * size);
    System.arraycopy(batch.images(), 0, source, (count - stride) * size, stride * size);
    other.logits(source, count, wanted);
  }

  @Override
  public float[] memory() {
    return base == null ? new float[0] : base.memory();
  }

  @Override
  public void restore(float[] memory) {
    if (base != null) {
      base.restore(memory);
    }
  }

  @Override
  public void close() {
    others.close();
    if (base != null) {
      base.close();
    }
  }
}
