package io.stopline.attacks.detection;

/**
 * How hard a patch is searched for.
 *
 * @param steps of each restart, at least 1
 * @param draws of conditions a step and target, at least 1
 * @param first step, 0..1 of the range of values
 * @param last step, which the first one comes down to
 * @param momentum share of the direction that is kept, 0..1
 * @param restarts from random patches, at least 1
 * @param judgeEvery so many steps the judge is asked, at least 1
 * @param conditions under which the patch is to work
 */
public record PatchSearch(
    int steps,
    int draws,
    double first,
    double last,
    double momentum,
    int restarts,
    int judgeEvery,
    PatchConditions conditions) {

  /** For one frame, with the patch exactly where it is planned: 200 steps. */
  public static final PatchSearch USUAL =
      new PatchSearch(200, 1, 0.1, 0.01, 0.9, 1, 5, PatchConditions.NONE);

  /** For a patch that is put up by hand and seen in changing light: 200 steps of four draws. */
  public static final PatchSearch ROAD =
      new PatchSearch(200, 4, 0.1, 0.01, 0.9, 1, 5, PatchConditions.ROAD);

  /**
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public PatchSearch {
    if (steps < 1 || draws < 1 || restarts < 1 || judgeEvery < 1) {
      throw new IllegalArgumentException(
          "patch search steps=%d draws=%d restarts=%d judgeEvery=%d; each must be at least 1"
              .formatted(steps, draws, restarts, judgeEvery));
    }
    if (!(first > 0 && first <= 1 && last > 0 && last <= first)
        || !(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "patch search first=%s last=%s momentum=%s; steps lie in 0..1 and come down, momentum is at least 0 and below 1"
              .formatted(first, last, momentum));
    }
  }

  /** The same with another number of steps. */
  public PatchSearch withSteps(int count) {
    return new PatchSearch(count, draws, first, last, momentum, restarts, judgeEvery, conditions);
  }
}
