package io.stopline.sdk.guard;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tokens for visits to stage 1, so that whoever makes every frame suspicious cannot make every
 * frame expensive. Each captured frame that is inspected brings some, however many regions of it
 * are; frames that the loop skipped bring none, or the more it falls behind the more it would be
 * given to do. Begins full. Belongs to one thread.
 */
final class EscalationBucket {

  private final double perFrame;
  private final double burst;
  private double tokens;
  private @Nullable String source;
  private long sequence;

  /**
   * @param perFrame tokens that a frame brings
   * @param burst the most that are kept
   */
  EscalationBucket(double perFrame, int burst) {
    this.perFrame = perFrame;
    this.burst = burst;
    this.tokens = burst;
  }

  /** A region of this frame is about to be inspected. */
  void frame(String frameSource, long frameSequence) {
    if (source != null && sequence == frameSequence && Objects.equals(source, frameSource)) {
      return;
    }
    source = frameSource;
    sequence = frameSequence;
    tokens = Math.min(burst, tokens + perFrame);
  }

  /** Takes a token if there is one. */
  boolean take() {
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
