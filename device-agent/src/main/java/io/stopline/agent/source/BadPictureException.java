package io.stopline.agent.source;

import java.io.IOException;

/** One picture of a source cannot be used; the source itself goes on. */
public sealed class BadPictureException extends IOException permits SlowPictureException {

  private static final long serialVersionUID = 1L;

  /** Names the picture and what is wrong with it. */
  public BadPictureException(String message) {
    super(message);
  }
}
