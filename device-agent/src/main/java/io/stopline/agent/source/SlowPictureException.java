package io.stopline.agent.source;

/** A picture took too long to decode and was given up. */
public final class SlowPictureException extends BadPictureException {

  private static final long serialVersionUID = 1L;

  private final boolean leftBehind;

  /**
   * @param leftBehind whether a thread is still at work on it
   */
  SlowPictureException(String message, boolean leftBehind) {
    super(message);
    this.leftBehind = leftBehind;
  }

  /** Whether the decoder did not stop by itself, so that its thread was left behind. */
  public boolean leftBehind() {
    return leftBehind;
  }
}
