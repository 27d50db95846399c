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
 */
public record Picture(Image image, long capturedNanos, @Nullable String track) {}
