package io.stopline.training;

import java.util.List;

/**
 * How training ended. The model holds the weights of the best look.
 *
 * @param ended why
 * @param askedEpochs of the plan as it was given
 * @param plannedEpochs of the plan, which a time limit may have shortened before it began
 * @param epochs done, of all runs together
 * @param steps of the optimiser, of all runs together
 * @param best the look whose weights were kept
 * @param history every epoch, in order
 * @param events what a reader of the figures must know of it, in order
 * @param seconds training time of all runs together
 */
public record TrainingOutcome(
    Ended ended,
    int askedEpochs,
    int plannedEpochs,
    double epochs,
    long steps,
    EpochFigures best,
    List<EpochFigures> history,
    List<TrainingEvent> events,
    double seconds) {

  /** Why training ended. */
  public enum Ended {
    /** The plan is fulfilled. */
    PLAN,
    /** As many looks without a better score as the plan has patience for. */
    PATIENCE,
    /** The time limit came before the end of the plan; may be resumed with a longer one. */
    TIME,
    /** The listener asked for it; may be resumed. */
    CANCELLED
  }

  public TrainingOutcome {
    history = List.copyOf(history);
    events = List.copyOf(events);
  }
}
