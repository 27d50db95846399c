package io.stopline.agent.source;

import io.stopline.sdk.image.Image;
import org.jspecify.annotations.Nullable;

/**
 * One decoded picture of a source.
 *
 * @param image the pixels
 * @param capturedNanos when its last byte was read, {@link System#nanoTime()}
 * @param track which physical object a recorded source says that it shows; null for a camera, which
 *     cannot know
 * @param name what the source calls this picture, 1 to 64 letters, digits and {@code ._/-}; null if
 *     it does not say
 */
public record Picture(
    Image image, long capturedNanos, @Nullable String track, @Nullable String name) {

  /** A picture that its source has no name for. */
  public Picture(Image image, long capturedNanos, @Nullable String track) {
    this(image, capturedNanos, track, null);
  }
}
