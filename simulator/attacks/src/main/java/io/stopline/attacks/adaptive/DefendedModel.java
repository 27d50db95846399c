package io.stopline.attacks.adaptive;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.transform.DifferentiableView;
import io.stopline.autodiff.transform.DifferentiableView.Trace;
import io.stopline.autodiff.transform.Rounding;
import io.stopline.autodiff.transform.StandIn;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.TransformChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model behind a transform that is its only defence, as an attacker sees it who knows all but the
 * draws: losses and gradients are means over several draws (expectation over transformation;
 * Athalye et al. 2018), through the transform's transpose or stand-in (BPDA).
 *
 * <p>As a victim, a candidate is a success if the loss is reached in three of four of the draws
 * that were looked at, and then in as many of the fresh ones that were asked for. As a model it
 * gives the mean of the scores; its draws follow from the image's values, so that the same image
 * gets the same draws.
 *
 * <p>Closing it leaves the model open. Belongs to one thread at a time.
 */
public final class DefendedModel implements DifferentiableModel, Victim {

  /** Views that are scored at once, about: bounds the memory that recordings take. */
  private static final int BATCH = 256;

  /**
   * Share of draws in which a candidate must be a success. A judge asks for most of its looks; the
   * attacker wants some to spare. All draws would be too much: what is nearly always a success
   * would count as none.
   */
  private static final double ENOUGH = 0.75;

  private final DifferentiableModel model;
  private final DifferentiableView view;
  private final int draws;
  private final int confirmations;
  private final long seed;
  private final List<Trace> traces = new ArrayList<>();
  private float[] views = new float[0];
  private float[] viewGradients = new float[0];

  /**
   * The views as they are rendered, with the cubic stand-in: the identity spends the budget on
   * frequencies that quantisation takes away.
   *
   * @param draws over which losses and gradients are averaged, at least 1; 1 is enough where the
   *     transform is not random
   * @param confirmations fresh draws that a success must survive, 0 or more
   */
  public DefendedModel(
      DifferentiableModel model, TransformChain chain, int draws, int confirmations, long seed) {
    this(
        model,
        new DifferentiableView(
            chain, model.shape(), model.shape(), Rounding.AS_RENDERED, StandIn.CUBIC),
        draws,
        confirmations,
        seed);
  }

  /**
   * @param view from the images to the model's input
   * @param draws over which losses and gradients are averaged, at least 1
   * @param confirmations fresh draws that a success must survive, 0 or more
   * @throws IllegalArgumentException if the view does not fit the model, or a number is too small
   */
  public DefendedModel(
      DifferentiableModel model, DifferentiableView view, int draws, int confirmations, long seed) {
    if (!view.output().equals(model.shape())) {
      throw new IllegalArgumentException(
          "view '%s' gives %s, the model takes %s"
              .formatted(view.chain().name(), view.output(), model.shape()));
    }
    if (draws < 1 || confirmations < 0) {
      throw new IllegalArgumentException(
          "%d draws and %d confirmations; at least 1 and 0".formatted(draws, confirmations));
    }
    this.model = model;
    this.view = view;
    this.draws = draws;
    this.confirmations = confirmations;
    this.seed = seed;
  }

  @Override
  public ImageShape shape() {
    return view.input();
  }

  @Override
  public int classes() {
    return model.classes();
  }

  @Override
  public int largestBatch() {
    return model.largestBatch();
  }

  /** Draws over which losses and gradients are averaged. */
  public int draws() {
    return draws;
  }

  @Override
  public BatchModel scores() {
    return this;
  }

  @Override
  public Optional<DifferentiableModel> gradients() {
    return Optional.of(this);
  }

  @Override
  public List<DifferentiableModel> surrogates() {
    return List.of(model);
  }

  private Trace trace(int i) {
    while (traces.size() <= i) {
      traces.add(view.trace());
    }
    return traces.get(i);
  }

  private long drawsOf(float[] images, int image) {
    int size = shape().size();
    long hash = seed;
    for (int i = image * size; i < (image + 1) * size; i++) {
      hash = 31 * hash + Float.floatToIntBits(images[i]);
    }
    return hash;
  }

  /** Renders {@code count} images from {@code first} on, {@code draws} views each. */
  private void render(float[] images, int first, long[] seeds, int each) {
    int size = shape().size();
    int out = view.output().size();
    int rows = seeds.length;
    if (views.length < rows * each * out) {
      views = new float[rows * each * out];
    }
    for (int i = 0, v = 0; i < rows; i++) {
      for (int d = 0; d < each; d++, v++) {
        view.forward(
            images, (first + i) * size, RandomStream.derive(seeds[i], d), views, v * out, trace(v));
      }
    }
  }

  private int chunk(int each) {
    return Math.max(1, BATCH / each);
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    int chunk = chunk(draws);
    float[] each = new float[Math.min(chunk, count) * draws * classes()];
    for (int first = 0; first < count; first += chunk) {
      int rows = Math.min(chunk, count - first);
      render(images, first, seeds(images, first, rows), draws);
      model.logits(views, rows * draws, each);
      mean(each, rows, logits, first);
    }
  }

  private long[] seeds(float[] images, int first, int rows) {
    long[] seeds = new long[rows];
    for (int i = 0; i < rows; i++) {
      seeds[i] = drawsOf(images, first + i);
    }
    return seeds;
  }

  private void mean(float[] each, int rows, float[] into, int first) {
    int classes = classes();
    for (int i = 0; i < rows; i++) {
      for (int c = 0; c < classes; c++) {
        float sum = 0;
        for (int d = 0; d < draws; d++) {
          sum += each[(i * draws + d) * classes + c];
        }
        into[(first + i) * classes + c] = sum / draws;
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Views are rendered and scored again on the way back, so that a large batch takes no memory.
   */
  @Override
  public Recording record(float[] images, int count) {
    float[] kept = Arrays.copyOf(images, count * shape().size());
    float[] means = new float[count * classes()];
    logits(kept, count, means);
    return new Recording() {
      @Override
      public float[] logits() {
        return means;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        int chunk = chunk(draws);
        int classes = classes();
        Arrays.fill(gradient, 0, kept.length, 0);
        for (int first = 0; first < count; first += chunk) {
          int rows = Math.min(chunk, count - first);
          render(kept, first, seeds(kept, first, rows), draws);
          float[] each = new float[rows * draws * classes];
          for (int v = 0; v < rows * draws; v++) {
            for (int c = 0; c < classes; c++) {
              each[v * classes + c] = cotangent[(first + v / draws) * classes + c] / draws;
            }
          }
          try (Recording recording = model.record(views, rows * draws)) {
            pullBack(recording, each, first, rows, gradient);
          }
        }
      }

      @Override
      public void close() {
        // Nothing is held.
      }
    };
  }

  /** Adds the gradients of the views to those of their images. */
  private void pullBack(
      Recording recording, float[] cotangents, int first, int rows, float[] gradient) {
    int size = shape().size();
    int out = view.output().size();
    if (viewGradients.length < rows * draws * out) {
      viewGradients = new float[rows * draws * out];
    }
    recording.backward(cotangents, viewGradients);
    for (int v = 0; v < rows * draws; v++) {
      view.backward(trace(v), viewGradients, v * out, gradient, (first + v / draws) * size);
    }
  }

  @Override
  public Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
    return new Expectation(inputs, loss, targets);
  }

  /** Leaves the model open: whoever made it closes it. */
  @Override
  public void close() {
    traces.clear();
  }

  /** The mean of a loss over draws that are fresh at each call. */
  private final class Expectation implements Objective {
    private final Inputs inputs;
    private final LogitLoss loss;
    private final int @Nullable [] targets;
    private final long[] looks;

    Expectation(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
      this.inputs = inputs;
      this.loss = loss;
      this.targets = targets;
      this.looks = new long[inputs.count()];
    }

    @Override
    public ImageShape shape() {
      return DefendedModel.this.shape();
    }

    @Override
    public void evaluate(int[] rows, float[] images, Answers into) {
      int chunk = chunk(draws);
      float[] gradient = into.gradient();
      if (gradient != null) {
        Arrays.fill(gradient, 0, rows.length * shape().size(), 0);
      }
      for (int first = 0; first < rows.length; first += chunk) {
        int count = Math.min(chunk, rows.length - first);
        render(images, first, freshSeeds(rows, first, count), draws);
        float[] cotangents = gradient == null ? null : new float[count * draws * classes()];
        if (gradient == null || cotangents == null) {
          float[] logits = new float[count * draws * classes()];
          model.logits(views, count * draws, logits);
          judge(rows, first, count, logits, null, into);
        } else {
          try (Recording recording = model.record(views, count * draws)) {
            judge(rows, first, count, recording.logits(), cotangents, into);
            pullBack(recording, cotangents, first, count, gradient);
          }
        }
        confirm(rows, images, first, count, into);
      }
    }

    private long[] freshSeeds(int[] rows, int first, int count) {
      long[] seeds = new long[count];
      for (int i = 0; i < count; i++) {
        int row = rows[first + i];
        seeds[i] = RandomStream.derive(RandomStream.derive(seed, inputs.ids()[row]), looks[row]++);
      }
      return seeds;
    }

    private void judge(
        int[] rows,
        int first,
        int count,
        float[] logits,
        float @Nullable [] cotangents,
        Answers into) {
      int classes = classes();
      for (int i = 0; i < count; i++) {
        int row = rows[first + i];
        double sum = 0;
        int reached = 0;
        for (int d = 0; d < draws; d++) {
          int at = (i * draws + d) * classes;
          sum += loss.evaluate(logits, at, classes, label(row), target(row), cotangents);
          reached += loss.reached(answer(logits, at, classes), label(row), target(row)) ? 1 : 0;
        }
        into.loss()[first + i] = (float) (sum / draws);
        into.success()[first + i] = reached >= ENOUGH * draws;
      }
      if (cotangents != null) {
        for (int i = 0; i < cotangents.length; i++) {
          cotangents[i] /= draws;
        }
      }
    }

    /** Who was lucky in these draws is asked again in others. */
    private void confirm(int[] rows, float[] images, int first, int count, Answers into) {
      if (confirmations == 0 || !view.isRandom()) {
        return;
      }
      int[] lucky = new int[count];
      int found = 0;
      for (int i = first; i < first + count; i++) {
        if (into.success()[i]) {
          lucky[found++] = i;
        }
      }
      int size = shape().size();
      float[] logits = new float[confirmations * classes()];
      for (int k = 0; k < found; k++) {
        int i = lucky[k];
        int row = rows[i];
        float[] one = Arrays.copyOfRange(images, i * size, (i + 1) * size);
        render(one, 0, freshSeeds(rows, i, 1), confirmations);
        model.logits(views, confirmations, logits);
        int reached = 0;
        for (int d = 0; d < confirmations; d++) {
          int answer = answer(logits, d * classes(), classes());
          reached += loss.reached(answer, label(row), target(row)) ? 1 : 0;
        }
        into.success()[i] = reached >= ENOUGH * confirmations;
      }
    }

    private int label(int row) {
      return inputs.labels()[row];
    }

    private int target(int row) {
      return targets == null ? -1 : targets[row];
    }
  }

  static int answer(float[] scores, int offset, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (scores[offset + c] > scores[offset + best]) {
        best = c;
      }
    }
    return best;
  }
}
