package io.stopline.evaluation.road;

import java.util.List;

/** The 43 classes of the German traffic sign benchmarks, GTSRB and GTSDB. */
public final class GtsrbClasses {

  /** Names by class number. */
  public static final List<String> NAMES = ResourceLines.of("gtsrb-classes.txt");

  private GtsrbClasses() {}
}
