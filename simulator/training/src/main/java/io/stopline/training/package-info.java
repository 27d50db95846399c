/**
 * Trains the weights of a {@code .tflite} classifier: data, augmentation, optimiser, schedule,
 * checkpoints. What is learnt from a batch is a {@link io.stopline.training.TrainingMethod}.
 */
@NullMarked
package io.stopline.training;

import org.jspecify.annotations.NullMarked;
