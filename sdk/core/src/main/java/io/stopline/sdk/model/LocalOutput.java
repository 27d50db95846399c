package io.stopline.sdk.model;

import java.nio.ByteBuffer;

/**
 * The map of local class scores that a classifier gives beside its label.
 *
 * @param model its name
 * @param scores what is known of the map
 * @param spec of the tensor, 1×h×w×C
 * @param memory the tensor's own, in native byte order; holds the map after each run
 */
public record LocalOutput(String model, LocalScores scores, TensorSpec spec, ByteBuffer memory) {}
