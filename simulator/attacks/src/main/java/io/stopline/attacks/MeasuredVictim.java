package io.stopline.attacks;

import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Another victim, with every question to it counted: an image that is looked at is one, and one
 * more if its gradient is asked for. Surrogates cost nothing, nor does {@link #confirm}, which is
 * no help to the search. As thread-safe as the other victim.
 */
public final class MeasuredVictim extends ForwardingVictim {

  private final AtomicLong queries = new AtomicLong();

  /**
   * @param victim that is asked
   */
  public MeasuredVictim(Victim victim) {
    super(victim);
  }

  /** Questions so far. */
  public long queries() {
    return queries.get();
  }

  @Override
  public BatchModel scores() {
    return new Scores(victim().scores());
  }

  @Override
  public Optional<DifferentiableModel> gradients() {
    return victim().gradients().map(Gradients::new);
  }

  @Override
  public Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
    Objective objective = victim().objective(inputs, loss, targets);
    return new Objective() {
      @Override
      public ImageShape shape() {
        return objective.shape();
      }

      @Override
      public void evaluate(int[] rows, float[] images, Answers into) {
        queries.addAndGet(into.gradient() == null ? rows.length : 2L * rows.length);
        objective.evaluate(rows, images, into);
      }
    };
  }

  @Override
  public void nearness(Inputs inputs, float[] into) {
    queries.addAndGet(inputs.count());
    victim().nearness(inputs, into);
  }

  private final class Scores implements BatchModel {
    private final BatchModel model;

    Scores(BatchModel model) {
      this.model = model;
    }

    @Override
    public ImageShape shape() {
      return model.shape();
    }

    @Override
    public int classes() {
      return model.classes();
    }

    @Override
    public int largestBatch() {
      return model.largestBatch();
    }

    @Override
    public void logits(float[] images, int count, float[] logits) {
      queries.addAndGet(count);
      model.logits(images, count, logits);
    }

    @Override
    public void close() {
      model.close();
    }
  }

  private final class Gradients implements DifferentiableModel {
    private final DifferentiableModel model;

    Gradients(DifferentiableModel model) {
      this.model = model;
    }

    @Override
    public ImageShape shape() {
      return model.shape();
    }

    @Override
    public int classes() {
      return model.classes();
    }

    @Override
    public int largestBatch() {
      return model.largestBatch();
    }

    @Override
    public void logits(float[] images, int count, float[] logits) {
      queries.addAndGet(count);
      model.logits(images, count, logits);
    }

    @Override
    public Recording record(float[] images, int count) {
      queries.addAndGet(count);
      Recording recording = model.record(images, count);
      return new Recording() {
        @Override
        public float[] logits() {
          return recording.logits();
        }

        @Override
        public void backward(float[] cotangent, float[] gradient) {
          queries.addAndGet(count);
          recording.backward(cotangent, gradient);
        }

        @Override
        public void close() {
          recording.close();
        }
      };
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
