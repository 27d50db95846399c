package io.stopline.agent.source;

import java.io.IOException;

/** One picture of a source cannot be used; the source itself goes on. */
public final class BadPictureException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Names the picture and what is wrong with it. */
  public BadPictureException(String message) {
    super(message);
  }
}
