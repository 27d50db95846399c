package io.stopline.agent.source;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Cuts a byte stream into encoded pictures. */
interface PictureStream {

  /**
   * The next encoded picture.
   *
   * @return null at a clean end
   * @throws BadPictureException if one must be skipped; the next call goes on behind it
   * @throws IOException if the stream is over
   */
  byte @Nullable [] next() throws IOException;

  /** What the camera calls the picture that was returned last; null if it does not say. */
  default @Nullable String name() {
    return null;
  }
}
