package io.stopline.training;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.TrainingOutcome.Ended;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model: each step takes a batch of augmented images, asks the method for the gradient and
 * moves the free parameters; each epoch the moving average of the weights is judged on validation
 * images, and the best is what the model holds in the end. The same inputs and seed give the same
 * weights to the last bit on one machine, whatever the number of threads and however often training
 * was killed and resumed. Belongs to one thread.
 */
public final class Trainer {

  /** What is drawn from which branch of the seed. */
  private static final int ORDER = 1;

  private static final int AUGMENTATION = 2;
  private static final int STEPS = 3;

  /** Not from the plan's seed: so that runs with different seeds are judged by the same attack. */
  private static final long VALIDATION_SEED = 0x56414c4944415445L;

  /** Steps after which the pace is known well enough to compare it with the limit. */
  private static final int PACE = 30;

  private final TrainableModel model;
  private final Parametrization parametrization;
  private final TrainingMethod method;
  private final TrainingData data;
  private final Augmentation augmentation;
  private final TrainingPlan plan;
  private final Map<String, String> settings;

  /**
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
    this.model = model;
    this.parametrization = parametrization;
    this.method = method;
    this.data = data;
    this.augmentation = augmentation;
    this.plan = plan;
    if (!data.train().shape().equals(model.shape())) {
      throw new IllegalArgumentException(
          "training images are %s, the model takes %s; read the data for the model's shape"
              .formatted(data.train().shape(), model.shape()));
    }
    if (data.train().count() == 0 || data.validation().count() == 0) {
      throw new IllegalArgumentException(
          "data set '%s' has %d training and %d validation images; both are needed"
              .formatted(data.name(), data.train().count(), data.validation().count()));
    }
    data.checkClasses(model.classes());
    float[] weights = new float[model.weights()];
    model.read(weights);
    settings = new LinkedHashMap<>();
    settings.put("method", method.name());
    settings.putAll(further);
    settings.putAll(plan.settings());
    settings.putAll(augmentation.settings());
    settings.put("training images", data.trainSha256());
    settings.put("validation images", data.validationSha256());
    settings.put("starting weights", sha256(weights));
    settings.put("parametrization", parametrization.getClass().getSimpleName());
  }

  private static String sha256(float[] weights) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * weights.length);
    bytes.asFloatBuffer().put(weights);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256", e);
    }
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
    return new Session(null, fresh(), listener).run();
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
      return new Session(checkpoint, fresh(), listener).run();
    }
    if (!resume) {
      throw new UnusableCheckpointException(
          "there is already a checkpoint '%s'; resume it, or delete it to start again"
              .formatted(file));
    }
    TrainingState state = checkpoint.read(listener);
    method.restore(state.memory);
    return new Session(checkpoint, state, listener).run();
  }

  /** Removes a checkpoint and the one before it, if they are there. */
  public static void deleteCheckpoint(Path file) {
    new Checkpoint(file, Map.of()).delete();
  }

  private TrainingState fresh() {
    TrainingState state = new TrainingState();
    float[] weights = new float[model.weights()];
    model.read(weights);
    state.free = new float[parametrization.size()];
    parametrization.free(weights, state.free);
    state.average = plan.optimisation().average() > 0 ? state.free.clone() : new float[0];
    return state;
  }

  /** One run, from a state to the end. */
  private final class Session {
    private final @Nullable Checkpoint checkpoint;
    private final TrainingState state;
    private final TrainingListener listener;
    private final Optimiser optimiser;
    private final Validator validator;
    private final float[] weights = new float[model.weights()];
    private final float[] weightGradient = new float[model.weights()];
    private final float[] freeGradient = new float[parametrization.size()];
    private final RandomStream random = new RandomStream(0);
    private final long stepSeed = RandomStream.derive(plan.seed(), STEPS);
    private final int batch = Math.min(plan.batch(), data.train().count());
    private final int batches = data.train().count() / batch;
    private final int replays = method.replays();
    private final long steps = (long) plan.epochs() * batches * replays;
    private final long warmup =
        Math.min(steps, Math.round(plan.optimisation().warmup() * batches * replays));
    private final long started = System.nanoTime();
    private final double secondsBefore;
    private final long stepsBefore;
    private double lookSeconds;
    private int looks;
    private double rate;
    private double lastCheckpoint;
    private boolean paceTold;

    Session(@Nullable Checkpoint checkpoint, TrainingState state, TrainingListener listener) {
      this.checkpoint = checkpoint;
      this.state = state;
      this.listener = listener;
      this.optimiser = new Optimiser(plan.optimisation(), parametrization);
      if (state.first.length > 0) {
        System.arraycopy(state.first, 0, optimiser.first, 0, optimiser.first.length);
        System.arraycopy(state.second, 0, optimiser.second, 0, optimiser.second.length);
      }
      state.first = optimiser.first;
      state.second = optimiser.second;
      this.validator = new Validator(data.validation(), plan.validation(), VALIDATION_SEED);
      this.secondsBefore = state.seconds;
      this.stepsBefore = state.steps;
      this.lastCheckpoint = state.seconds;
    }

    TrainingOutcome run() {
      try (BatchFeeder feeder =
          new BatchFeeder(
              data.train(),
              augmentation,
              batch,
              plan.balance(),
              plan.epochs(),
              state.epoch,
              state.batch,
              RandomStream.derive(plan.seed(), ORDER),
              RandomStream.derive(plan.seed(), AUGMENTATION))) {
        while (true) {
          Ended ended = ended();
          if (ended != null) {
            return end(ended);
          }
          Batch next = feeder.next();
          for (int r = 0; r < replays; r++) {
            step(next);
          }
          state.batch++;
          state.seconds = seconds();
          listener.step(progress());
          tellPace();
          if (state.batch == batches) {
            endEpoch();
            save();
          } else if (state.seconds - lastCheckpoint >= plan.checkpointEvery().toMillis() / 1e3) {
            save();
          }
        }
      }
    }

    private double seconds() {
      return secondsBefore + (System.nanoTime() - started) / 1e9;
    }

    private @Nullable Ended ended() {
      if (state.epoch == plan.epochs()) {
        return Ended.PLAN;
      }
      int patience = plan.validation().patience();
      if (patience > 0 && state.looksSinceBest >= patience) {
        return Ended.PATIENCE;
      }
      if (listener.cancelled()) {
        return Ended.CANCELLED;
      }
      return seconds() >= plan.limit().toMillis() / 1e3 ? Ended.TIME : null;
    }

    private void step(Batch next) {
      parametrization.weights(state.free, weights);
      model.write(weights);
      Arrays.fill(weightGradient, 0);
      random.reseed(RandomStream.derive(stepSeed, state.steps));
      StepResult result = method.gradient(model, next, random, weightGradient);
      String note = method.note();
      if (note != null) {
        listener.note(note);
      }
      parametrization.pullBack(state.free, weightGradient, freeGradient);
      rate = plan.optimisation().rate(state.steps, steps, warmup);
      double length = optimiser.step(state.free, freeGradient, rate, state.steps);
      if (!Double.isFinite(length) || !Double.isFinite(result.loss())) {
        throw diverged(result.loss(), length);
      }
      if (state.average.length > 0) {
        double forget =
            Math.min(plan.optimisation().average(), (1.0 + state.steps) / (10.0 + state.steps));
        float gain = (float) (1 - forget);
        for (int i = 0; i < state.average.length; i++) {
          state.average[i] += gain * (state.free[i] - state.average[i]);
        }
      }
      state.steps++;
      state.lossSum += result.loss();
      state.lossCount++;
      state.right += result.right();
      state.rightAttacked += result.rightAttacked();
      state.seen += result.count();
    }

    private TrainingDivergedException diverged(double loss, double length) {
      String where =
          "method '%s', epoch %d, step %d: the loss is %s and its gradient is of length %s at learning rate %.2g"
              .formatted(method.name(), state.epoch + 1, state.steps, loss, length, rate);
      return new TrainingDivergedException(
          state.steps == 0
              ? where
                  + "; at the first step that lies in the model or the method's settings: check that the model's scores on the training images are finite"
              : where
                  + "; train with a lower lr, a longer warmup or a smaller clip (lr=%s warmup=%s clip=%s now)"
                      .formatted(
                          plan.optimisation().rate(),
                          plan.optimisation().warmup(),
                          plan.optimisation().clip()));
    }

    private void endEpoch() {
      state.epoch++;
      state.batch = 0;
      boolean look = state.epoch % plan.validation().every() == 0 || state.epoch == plan.epochs();
      EpochFigures figures = figures(state.epoch, look);
      state.history.add(figures);
      state.lossSum = 0;
      state.lossCount = 0;
      state.right = 0;
      state.rightAttacked = 0;
      state.seen = 0;
      listener.epoch(figures);
    }

    /** The epoch's figures; after a look the best weights and the patience are up to date. */
    private EpochFigures figures(double epoch, boolean look) {
      double clean = Double.NaN;
      double robust = Double.NaN;
      double score = Double.NaN;
      boolean best = false;
      if (look) {
        double before = seconds();
        parametrization.weights(state.average.length > 0 ? state.average : state.free, weights);
        model.write(weights);
        clean = validator.clean(model);
        robust = validator.robust(model);
        score = plan.validation().score(clean, robust);
        best = state.best.length == 0 || score > bestLook().score();
        if (best) {
          state.best = state.best.length == 0 ? weights.clone() : state.best;
          System.arraycopy(weights, 0, state.best, 0, weights.length);
        }
        state.looksSinceBest = best ? 0 : state.looksSinceBest + 1;
        lookSeconds += seconds() - before;
        looks++;
      }
      state.seconds = seconds();
      double seen = Math.max(1, state.seen);
      return new EpochFigures(
          epoch,
          state.lossSum / Math.max(1, state.lossCount),
          state.right / seen,
          state.rightAttacked / seen,
          clean,
          robust,
          score,
          best,
          rate,
          state.seconds);
    }

    private EpochFigures bestLook() {
      for (int i = state.history.size() - 1; i >= 0; i--) {
        if (state.history.get(i).best()) {
          return state.history.get(i);
        }
      }
      throw new IllegalStateException("no look yet");
    }

    private Progress progress() {
      double seen = Math.max(1, state.seen);
      return new Progress(
          Math.min(state.epoch + 1, plan.epochs()),
          plan.epochs(),
          state.steps,
          steps,
          state.lossSum / Math.max(1, state.lossCount),
          state.right / seen,
          state.rightAttacked / seen,
          Duration.ofMillis((long) (1e3 * state.seconds)),
          Duration.ofMillis((long) (1e3 * secondsLeft())));
    }

    private double secondsLeft() {
      double training = state.seconds - secondsBefore - lookSeconds;
      double perStep = training / Math.max(1, state.steps - stepsBefore);
      int every = plan.validation().every();
      int looksLeft = (plan.epochs() - state.epoch + every - 1) / every;
      return perStep * (steps - state.steps) + (looks == 0 ? 0 : lookSeconds / looks * looksLeft);
    }

    /** Says early that the limit will come before the end of the plan. */
    private void tellPace() {
      if (paceTold || state.steps - stepsBefore < PACE) {
        return;
      }
      paceTold = true;
      double limit = plan.limit().toMillis() / 1e3;
      double all = state.seconds + secondsLeft();
      if (all > limit) {
        double perEpoch =
            secondsLeft() / (plan.epochs() - (double) state.steps / (batches * replays));
        listener.note(
            "at this pace %d epochs take about %.0f min, but the limit is %.0f min: training will stop before the learning rate has come down; with epochs=%d it would not"
                .formatted(
                    plan.epochs(), all / 60, limit / 60, Math.max(1, (int) (limit / perEpoch))));
      }
    }

    private void save() {
      if (checkpoint != null) {
        state.memory = method.memory();
        state.seconds = seconds();
        checkpoint.write(state);
        lastCheckpoint = state.seconds;
      }
    }

    private TrainingOutcome end(Ended ended) {
      boolean early = ended == Ended.TIME || ended == Ended.CANCELLED;
      double epochs = state.epoch + (double) state.batch / batches;
      if (early) {
        save();
      }
      if ((ended == Ended.TIME && state.batch > 0) || state.best.length == 0) {
        // Not in the checkpoint: resumed training goes on as if this look had not been.
        EpochFigures figures = figures(epochs, true);
        state.history.add(figures);
        listener.epoch(figures);
      }
      if (ended == Ended.TIME) {
        listener.note(
            "the time limit ended training after %.1f of %d epochs; resume it with a longer one to fulfil the plan"
                .formatted(epochs, plan.epochs()));
      }
      model.write(state.best);
      return new TrainingOutcome(
          ended, plan.epochs(), epochs, state.steps, bestLook(), state.history, state.seconds);
    }
  }
}
