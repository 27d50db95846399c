package io.stopline.agent.source;

import io.stopline.sdk.image.Frame;
import org.jspecify.annotations.Nullable;

/**
 * A frame and what its source knows about it.
 *
 * @param frame numbered by the capture thread: a gap in the numbers is a frame that was dropped
 * @param track see {@link Picture#track()}
 * @param name see {@link Picture#name()}
 */
public record SourcedFrame(Frame frame, @Nullable String track, @Nullable String name) {

  /** A frame that its source has no name for. */
  public SourcedFrame(Frame frame, @Nullable String track) {
    this(frame, track, null);
  }
}
