package io.stopline.sdk.guard;

/**
 * What a guard remembers of a track between frames. Belongs to one thread; only guards change it.
 */
public final class TrackState {

  private double runningMaximum;
  private int inspections;
  private int firstCheck;

  /** A new track, of which nothing is known. */
  public TrackState() {}

  /**
   * A track as a record has it, for replay.
   *
   * @param runningMaximum before the inspection to be repeated
   * @param firstCheck with which check that inspection began
   */
  public TrackState(double runningMaximum, int firstCheck) {
    this.runningMaximum = runningMaximum;
    this.firstCheck = firstCheck;
  }

  /** The largest fused score so far, 0 for a new track. */
  public double runningMaximum() {
    return runningMaximum;
  }

  /** How often this track was inspected. */
  public int inspections() {
    return inspections;
  }

  /** With which check the next inspection begins. */
  public int firstCheck() {
    return firstCheck;
  }

  void update(double score, int nextFirstCheck) {
    runningMaximum = Math.max(runningMaximum, score);
    inspections++;
    firstCheck = nextFirstCheck;
  }
}
