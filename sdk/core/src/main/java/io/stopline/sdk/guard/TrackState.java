package io.stopline.sdk.guard;

/**
 * What a guard remembers of a track between frames. Belongs to one thread. Only guards change it;
 * pipelines only tell it that its track came back into sight.
 */
public final class TrackState {

  /** So many clear frames in a row outweigh one odd frame; two are never forgiven. */
  public static final int FORGIVEN_AFTER = TrackStatistic.FORGIVEN_AFTER;

  private final TrackStatistic statistic;
  private final TrackRelease release = new TrackRelease();
  private int inspections;
  private int firstCheck;
  private int signs;
  private int consecutiveLows;
  private int dropped;
  private boolean confirmed;

  /** What a cascade remembers. */
  final CascadeTrack cascade = new CascadeTrack();

  /** A new track, of which nothing is known. */
  public TrackState() {
    statistic = new TrackStatistic();
  }

  /**
   * A track as a record has it, for replay; nothing is known of whether it is a sign.
   *
   * @param score before the inspection to be repeated
   * @param firstCheck with which check that inspection began
   */
  public TrackState(double score, int firstCheck) {
    this(score, firstCheck, 0, 0, 0);
  }

  /**
   * A track as a record has it, for replay, where the policy has no rule of its own for tracks.
   *
   * @param score before the inspection to be repeated
   * @param firstCheck with which check that inspection began
   * @param signs in how many frames before it looked like a sign
   * @param consecutiveLows for how many frames before it had looked like none, once confirmed
   * @param dropped how often before it was judged to be no sign
   */
  public TrackState(double score, int firstCheck, int signs, int consecutiveLows, int dropped) {
    this(score, new double[0], firstCheck, signs, consecutiveLows, dropped);
  }

  /**
   * A track as a record has it, for replay.
   *
   * @param score before the inspection to be repeated
   * @param lastScores {@link #lastScores()} before it
   * @param firstCheck with which check that inspection began
   * @param signs in how many frames before it looked like a sign
   * @param consecutiveLows for how many frames before it had looked like none, once confirmed
   * @param dropped how often before it was judged to be no sign
   */
  public TrackState(
      double score,
      double[] lastScores,
      int firstCheck,
      int signs,
      int consecutiveLows,
      int dropped) {
    this.statistic = new TrackStatistic(score, lastScores);
    this.firstCheck = firstCheck;
    this.signs = signs;
    this.consecutiveLows = consecutiveLows;
    this.dropped = dropped;
  }

  /**
   * The statistic by which the track is ranked among clean ones, 0 for a new track: the largest
   * value so far of the m-th largest fused score of the last n near frames ({@link TrackPolicy}).
   * Without such a rule it is the largest fused score so far, of which a single odd frame is
   * forgotten after ten clear ones in a row: a badly placed box is odd once, an altered sign again
   * and again.
   */
  public double score() {
    return statistic.value();
  }

  /** Which label the track has earned; none in a track made from a record, which does not say. */
  public TrackRelease release() {
    return release;
  }

  /** Whether enough near frames have a score for the track to be suspect by them. */
  boolean isJudged(TrackPolicy policy) {
    TrackPolicy.Quorum rule = policy.suspectAfter();
    return statistic.frames() >= (rule == null ? 1 : rule.frames());
  }

  /** The fused scores of the last near frames, oldest first; empty where the policy needs none. */
  public double[] lastScores() {
    return statistic.lastScores();
  }

  /** How often this track was inspected. */
  public int inspections() {
    return inspections;
  }

  /** With which check the next inspection begins. */
  public int firstCheck() {
    return firstCheck;
  }

  /**
   * In how many of its inspections it surely looked like a sign; 0 where the policy does not ask.
   */
  public int signs() {
    return signs;
  }

  /**
   * For how many inspections in a row it has looked like no sign, or like an odd one that is not
   * surely a sign, since it was confirmed as one. Stays where it is once the track is suspect for
   * it.
   */
  public int consecutiveLows() {
    return consecutiveLows;
  }

  /** How many of its inspections that count were odd. */
  public int oddFrames() {
    return statistic.odd();
  }

  /** How often it was judged to be no sign. */
  public int dropped() {
    return dropped;
  }

  /**
   * Whether its last inspection had it confirmed as a sign; false where the policy does not ask.
   */
  public boolean isConfirmed() {
    return confirmed;
  }

  /** Whether it was judged to be no sign and never confirmed as one. */
  public boolean isNoSign() {
    return dropped > 0 && !confirmed;
  }

  /**
   * An inspection that counts.
   *
   * @param isOdd whether the score by itself is as high as a suspect track's
   * @param isClear whether the score is as low as most clean frames'
   */
  void update(
      TrackPolicy policy, double score, boolean isOdd, boolean isClear, int nextFirstCheck) {
    statistic.add(policy.suspectAfter(), score, isOdd, isClear);
    pass(nextFirstCheck);
  }

  /** An inspection whose score does not count: it is not even sure to have seen a sign. */
  void pass(int nextFirstCheck) {
    inspections++;
    firstCheck = nextFirstCheck;
  }

  /**
   * It looks like a sign.
   *
   * @param sure whether surely so
   */
  void sawSign(GuardPolicy.SignCheck check, boolean sure) {
    signs += sure ? 1 : 0;
    if (consecutiveLows < check.lostAfter()) {
      consecutiveLows = 0;
    }
    confirmed = signs >= check.confirmAfter();
  }

  /** It is confirmed and looks like no sign, or odd and not surely like one. */
  void sawNone() {
    consecutiveLows++;
    confirmed = true;
  }

  /**
   * It was out of sight for a while: what is seen from now on may be another thing, so it has to be
   * confirmed as a sign anew. Nothing changes if it looked like no sign before already.
   */
  public void reappeared() {
    cascade.forget();
    if (consecutiveLows == 0) {
      signs = 0;
      confirmed = false;
    }
  }

  /** It is judged to be no sign. */
  void drop() {
    inspections++;
    dropped++;
  }

  /**
   * Becomes as another track is but for what is released, without allocating once both have seen
   * near frames: for keeping what was known before an inspection.
   */
  public void copyFrom(TrackState other) {
    statistic.copyFrom(other.statistic);
    inspections = other.inspections;
    firstCheck = other.firstCheck;
    signs = other.signs;
    consecutiveLows = other.consecutiveLows;
    dropped = other.dropped;
    confirmed = other.confirmed;
    cascade.copyFrom(other.cascade);
  }
}
