package io.stopline.sdk.image;

import java.time.Instant;

/**
 * One picture from a source.
 *
 * @param image the pixels
 * @param wallClock when it was captured, for people; may jump
 * @param monotonicNanos when it was captured on a clock that never jumps, ns; only differences mean
 *     something
 * @param sequence counts up by one a frame within one source; a gap means lost frames
 * @param source which camera or folder it came from
 */
public record Frame(
    Image image, Instant wallClock, long monotonicNanos, long sequence, String source) {}
