package io.stopline.sdk.model;

/** Counts the scores of one frame that are no numbers to decide by. Belongs to one thread. */
final class ScoreCount {

  private final String detector;
  private int read;
  private int missing;
  private int senseless;

  ScoreCount(String detector) {
    this.detector = detector;
  }

  /** Begins a frame. */
  void clear() {
    read = 0;
    missing = 0;
    senseless = 0;
  }

  /** Takes in the next score; false if it is NaN or infinite. */
  boolean isFinite(float score) {
    read++;
    if (Float.isFinite(score)) {
      return true;
    }
    senseless++;
    missing += Float.isNaN(score) ? 1 : 0;
    return false;
  }

  /** How many were NaN or infinite. */
  int senseless() {
    return senseless;
  }

  /**
   * @throws InferenceException if there were scores and all of them were NaN
   */
  void requireAny() {
    if (read > 0 && missing == read) {
      throw new InferenceException(
          "detector '%s' gave scores of nothing but NaN; its weights or its input encoding are wrong"
              .formatted(detector));
    }
  }
}
