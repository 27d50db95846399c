package io.stopline.agent.source;

import io.stopline.sdk.image.Frame;
import org.jspecify.annotations.Nullable;

/**
 * A frame and what its source knows about it.
 *
 * @param frame numbered by the capture thread: a gap in the numbers is a frame that was dropped
 * @param track see {@link Picture#track()}
 */
public record SourcedFrame(Frame frame, @Nullable String track) {}
