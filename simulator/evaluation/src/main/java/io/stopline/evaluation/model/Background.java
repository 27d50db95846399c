package io.stopline.evaluation.model;

import java.util.Locale;

/** Where a model has an output more than there are class names, for "none of them". */
public enum Background {
  NONE,
  /** Output 0, as in ImageNet models with 1001 outputs. */
  FIRST,
  LAST;

  /** As options are written. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
