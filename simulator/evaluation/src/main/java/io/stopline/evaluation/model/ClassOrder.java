package io.stopline.evaluation.model;

import java.util.Locale;

/** How a model's outputs are paired with the classes of the data. */
public enum ClassOrder {
  /** By name, where the model's names are known; else as {@link #DATA}. */
  NAMES,
  /** Output {@code i} is the data's class {@code i}. */
  DATA,
  /**
   * Output {@code i} is the {@code i}-th of the data's names sorted as texts: 0, 1, 10, 11, … 2, as
   * Keras reads folders.
   */
  ALPHABETICAL,
  /** By what the model says of clean images of each class. */
  MATCHED;

  /** As options are written. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
