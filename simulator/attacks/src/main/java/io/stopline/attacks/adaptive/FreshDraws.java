package io.stopline.attacks.adaptive;

/**
 * How often an event came about for each input, over the same number of fresh random draws, which
 * no attack saw.
 *
 * @param draws a input, at least 1
 * @param hits one an input, 0..draws
 */
@SuppressWarnings("ArrayRecordComponent") // one number an input, never changed
public record FreshDraws(int draws, int[] hits) {
  public FreshDraws {
    if (draws < 1) {
      throw new IllegalArgumentException(draws + " draws an input; at least 1");
    }
  }

  /** Mean over inputs and draws, 0..1: what one look at one input comes to. */
  public double mean() {
    long sum = 0;
    for (int h : hits) {
      sum += h;
    }
    return hits.length == 0 ? 0 : sum / ((double) draws * hits.length);
  }

  /** Inputs for which it came about in at least one draw. */
  public int inAny() {
    int count = 0;
    for (int h : hits) {
      count += h > 0 ? 1 : 0;
    }
    return count;
  }

  /** Inputs for which it came about in every draw. */
  public int inAll() {
    int count = 0;
    for (int h : hits) {
      count += h == draws ? 1 : 0;
    }
    return count;
  }

  /** Inputs for which it came about in more than half of the draws. */
  public int inMost() {
    int count = 0;
    for (int h : hits) {
      count += 2 * h > draws ? 1 : 0;
    }
    return count;
  }
}
