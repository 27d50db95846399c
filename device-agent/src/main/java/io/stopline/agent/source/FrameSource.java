package io.stopline.agent.source;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Delivers pictures one after another. {@code next} belongs to one thread; {@code close} may be
 * called from any.
 */
public interface FrameSource extends AutoCloseable {

  /** What it is, for frames, health and logs; never holds a password. */
  String name();

  /**
   * Blocks until the next picture is there.
   *
   * @return the picture, or null once a finite source is at its end
   * @throws BadPictureException if this picture is none or is refused; the next call goes on behind
   *     it
   * @throws IOException if the source cannot be read; the next call tries to open it again
   */
  @Nullable Picture next() throws IOException;

  /** Whether asking again after an {@link IOException} can help. */
  default boolean retries() {
    return true;
  }

  /** Ends the source; a blocked {@code next} ends within its stall time. */
  @Override
  void close();
}
