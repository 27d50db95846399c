package io.stopline.training;

import io.stopline.sdk.random.RandomStream;
import io.stopline.training.TrainingOutcome.Ended;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One run of training, from a state to the end. Belongs to one thread. */
final class TrainingSession {

  /** Steps after which the pace is known well enough to compare it with the limit. */
  private static final int PACE = 30;

  /** How far above chance a model still guesses, as a share of what is to be learnt. */
  private static final double STUCK_ABOVE = 0.025;

  /** Epochs after which a model that still guesses is worth a word. */
  private static final int STUCK_EPOCHS = 4;

  private final TrainingTask task;
  private final TrainingPlan plan;
  private final @Nullable Checkpoint checkpoint;
  private final TrainingState state;
  private final TrainingListener listener;
  private final Optimiser optimiser;
  private final TrainingSource.Judge judge;
  private final float[] weights;
  private final float[] weightGradient;
  private final float[] freeGradient;
  private final RandomStream random = new RandomStream(0);
  private final int epochs;
  private final int batches;
  private final int replays;
  private final long steps;
  private final long warmup;
  private final long started = System.nanoTime();
  private final double secondsBefore;
  private final long stepsBefore;
  private double lookSeconds;
  private int looks;
  private double rate;
  private double lastCheckpoint;
  private boolean paceTold;

  /**
   * @param checkpoint where the state is kept; null to keep it nowhere
   * @param state to begin from; changed by this session
   */
  TrainingSession(
      TrainingTask task,
      @Nullable Checkpoint checkpoint,
      TrainingState state,
      TrainingListener listener) {
    this.task = task;
    this.plan = task.plan();
    this.checkpoint = checkpoint;
    this.state = state;
    this.listener = listener;
    this.optimiser = new Optimiser(plan.optimisation(), task.parametrization());
    if (state.first.length > 0) {
      System.arraycopy(state.first, 0, optimiser.first, 0, optimiser.first.length);
      System.arraycopy(state.second, 0, optimiser.second, 0, optimiser.second.length);
    }
    state.first = optimiser.first;
    state.second = optimiser.second;
    this.judge = task.judge();
    this.weights = new float[task.model().weights()];
    this.weightGradient = new float[weights.length];
    this.freeGradient = new float[task.parametrization().size()];
    this.epochs = state.plannedEpochs;
    this.batches = task.batches();
    this.replays = task.method().replays();
    this.steps = (long) epochs * batches * replays;
    this.warmup = Math.min(steps, Math.round(plan.optimisation().warmup() * batches * replays));
    this.secondsBefore = state.seconds;
    this.stepsBefore = state.steps;
    this.lastCheckpoint = state.seconds;
  }

  TrainingOutcome run() {
    try (BatchFeeder feeder = task.feeder(epochs, state.epoch, state.batch)) {
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
    if (state.epoch == epochs) {
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
    task.parametrization().weights(state.free, weights);
    task.model().write(weights);
    Arrays.fill(weightGradient, 0);
    random.reseed(task.stepSeed(state.steps));
    StepResult result = task.method().gradient(task.model(), next, random, weightGradient);
    String note = task.method().note();
    if (note != null) {
      state.events.add(new TrainingEvent(state.epoch + (double) state.batch / batches, note));
      listener.note(note);
    }
    task.parametrization().pullBack(state.free, weightGradient, freeGradient);
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
            .formatted(task.method().name(), state.epoch + 1, state.steps, loss, length, rate);
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
    boolean look = state.epoch % plan.validation().every() == 0 || state.epoch == epochs;
    EpochFigures figures = figures(state.epoch, look);
    state.history.add(figures);
    state.lossSum = 0;
    state.lossCount = 0;
    state.right = 0;
    state.rightAttacked = 0;
    state.seen = 0;
    listener.epoch(figures);
    tellStuck(figures);
  }

  /** The epoch's figures; after a look the best weights and the patience are up to date. */
  private EpochFigures figures(double epoch, boolean look) {
    double clean = Double.NaN;
    double robust = Double.NaN;
    double score = Double.NaN;
    boolean best = false;
    if (look) {
      double before = seconds();
      task.parametrization()
          .weights(state.average.length > 0 ? state.average : state.free, weights);
      task.model().write(weights);
      clean = judge.clean(task.model());
      robust = judge.robust(task.model());
      score = plan.validation().score(clean, robust);
      boolean better = state.best.length == 0 || score > bestLook().score();
      // Of equally good weights, those that learnt longest: on few images ties are common.
      best = better || score == bestLook().score();
      if (best) {
        state.best = state.best.length == 0 ? weights.clone() : state.best;
        System.arraycopy(weights, 0, state.best, 0, weights.length);
      }
      state.looksSinceBest = better ? 0 : state.looksSinceBest + 1;
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
        Math.min(state.epoch + 1, epochs),
        epochs,
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
    int looksLeft = (epochs - state.epoch + every - 1) / every;
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
      listener.note(
          "at this pace %d epochs take about %.1f min, but the limit is %.1f min: training would stop before the learning rate has come down; give it more time or fewer epochs"
              .formatted(epochs, all / 60, limit / 60));
    }
  }

  /** Says that the model guesses, after epochs enough to have learnt something. */
  private void tellStuck(EpochFigures figures) {
    double chance = 1.0 / task.model().classes();
    double guessing = chance + STUCK_ABOVE * (1 - chance);
    if (state.epoch == STUCK_EPOCHS && figures.trainClean() < guessing) {
      listener.note(
          "after %d epochs the model still guesses (%.1f %% of the training images are right); a lower lr (%s now) or a longer warmup may help"
              .formatted(state.epoch, 100 * figures.trainClean(), plan.optimisation().rate()));
    }
  }

  private void save() {
    if (checkpoint != null) {
      state.memory = task.method().memory();
      state.seconds = seconds();
      checkpoint.write(state);
      lastCheckpoint = state.seconds;
    }
  }

  private TrainingOutcome end(Ended ended) {
    boolean early = ended == Ended.TIME || ended == Ended.CANCELLED;
    double done = state.epoch + (double) state.batch / batches;
    if (early) {
      save();
    }
    if ((ended == Ended.TIME && state.batch > 0) || state.best.length == 0) {
      // Not in the checkpoint: resumed training goes on as if this look had not been.
      EpochFigures figures = figures(done, true);
      state.history.add(figures);
      listener.epoch(figures);
    }
    if (ended == Ended.TIME) {
      listener.note(
          "the time limit ended training after %.1f of %d epochs; resume it with a longer one to fulfil the plan"
              .formatted(done, epochs));
    }
    task.model().write(state.best);
    return new TrainingOutcome(
        ended,
        plan.epochs(),
        epochs,
        done,
        state.steps,
        bestLook(),
        state.history,
        state.events,
        state.seconds);
  }
}
