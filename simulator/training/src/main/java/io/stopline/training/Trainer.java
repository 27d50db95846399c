package io.stopline.training;

import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.Sha256;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Trains a model: each step takes a batch of augmented images, asks the method for the gradient and
 * moves the free parameters; each epoch the moving average of the weights is judged on validation
 * images, and the best is what the model holds in the end. The same inputs and seed give the same
 * weights to the last bit on one machine, whatever the number of threads and however often training
 * was killed and resumed. (Where the plan is fitted to a time limit, the number of epochs follows
 * from the machine's pace, and is kept by the checkpoint.) Belongs to one thread.
 */
public final class Trainer {

  private final TrainingTask task;
  private final Map<String, String> settings;

  /**
   * A trainer of classifiers.
   *
   * @param model starts from the weights that it has; holds the best ones in the end
   * @param parametrization of this model
   * @param method what is learnt from a batch; not closed here
   * @param further what else must be the same for training to be resumed, above all the method's
   *     own settings
   * @throws IllegalArgumentException if the data do not fit the model
   */
  public Trainer(
      TrainableModel model,
      Parametrization parametrization,
      TrainingMethod method,
      TrainingData data,
      Augmentation augmentation,
      TrainingPlan plan,
      Map<String, String> further) {
    this(model, parametrization, method, new ImageSource(data, augmentation), plan, further);
  }

  /**
   * A trainer of anything.
   *
   * @param model starts from the weights that it has; holds the best ones in the end
   * @param parametrization of this model
   * @param method what is learnt from a batch; not closed here
   * @param further what else must be the same for training to be resumed, above all the method's
   *     own settings
   * @throws IllegalArgumentException if the source does not fit the model
   */
  public Trainer(
      TrainableModel model,
      Parametrization parametrization,
      TrainingMethod method,
      TrainingSource source,
      TrainingPlan plan,
      Map<String, String> further) {
    this.task = new TrainingTask(model, parametrization, method, source, plan);
    if (!source.shape().equals(model.shape())) {
      throw new IllegalArgumentException(
          "training images are %s, the model takes %s; read the data for the model's shape"
              .formatted(source.shape(), model.shape()));
    }
    source.check(model);
    float[] weights = new float[model.weights()];
    model.read(weights);
    settings = new LinkedHashMap<>();
    settings.put("method", method.name());
    settings.putAll(further);
    settings.putAll(plan.settings());
    settings.putAll(source.settings());
    settings.put("starting weights", sha256(weights));
    settings.put("parametrization", parametrization.getClass().getSimpleName());
  }

  private static String sha256(float[] weights) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * weights.length);
    bytes.asFloatBuffer().put(weights);
    return Sha256.of(bytes.array());
  }

  /** All settings that decide about the weights, by name, in order: for a model card. */
  public Map<String, String> settings() {
    return new LinkedHashMap<>(settings);
  }

  /**
   * Trains without checkpoints.
   *
   * @throws TrainingDivergedException if the loss is no longer a number
   */
  public TrainingOutcome train(TrainingListener listener) {
    return new TrainingSession(task, null, fresh(listener), listener).run();
  }

  /**
   * Trains with checkpoints, and goes on from the last one if asked to. The file stays when
   * training has ended: resuming then gives the same model at once.
   *
   * @param file of the checkpoint; the one before it is kept beside it
   * @param resume whether to go on from there; without a checkpoint training starts from the
   *     beginning
   * @throws UnusableCheckpointException if the checkpoint is of other training or damaged with none
   *     before it, or if there is one and it is not to be resumed
   * @throws TrainingDivergedException if the loss is no longer a number
   * @throws java.io.UncheckedIOException if a checkpoint cannot be written
   */
  public TrainingOutcome train(Path file, boolean resume, TrainingListener listener) {
    Checkpoint checkpoint = new Checkpoint(file, settings);
    if (!checkpoint.exists()) {
      return new TrainingSession(task, checkpoint, fresh(listener), listener).run();
    }
    if (!resume) {
      throw new UnusableCheckpointException(
          "there is already a checkpoint '%s'; resume it, or delete it to start again"
              .formatted(file));
    }
    TrainingState state = checkpoint.read(listener);
    task.method().restore(state.memory);
    return new TrainingSession(task, checkpoint, state, listener).run();
  }

  /** Removes a checkpoint and the one before it, if they are there. */
  public static void deleteCheckpoint(Path file) {
    new Checkpoint(file, Map.of()).delete();
  }

  private TrainingState fresh(TrainingListener listener) {
    TrainingState state = new TrainingState();
    float[] weights = new float[task.model().weights()];
    task.model().read(weights);
    state.free = new float[task.parametrization().size()];
    task.parametrization().free(weights, state.free);
    state.average = task.plan().optimisation().average() > 0 ? state.free.clone() : new float[0];
    long before = System.nanoTime();
    state.plannedEpochs = new Pace(task).fit(listener);
    state.seconds = (System.nanoTime() - before) / 1e9;
    return state;
  }
}
