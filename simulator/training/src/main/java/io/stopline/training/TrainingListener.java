package io.stopline.training;

/** Hears how training goes, on the thread that trains. What it does costs training time. */
public interface TrainingListener {

  /** After each step. */
  default void step(Progress progress) {}

  /** After each epoch. */
  default void epoch(EpochFigures figures) {}

  /** Something that a person should read: a damaged checkpoint, a limit that is too short. */
  default void note(String text) {}

  /** Asked after each step; when true, training ends with a checkpoint and what it has. */
  default boolean cancelled() {
    return false;
  }

  /** A listener that does not listen. */
  static TrainingListener none() {
    return new TrainingListener() {};
  }
}
