/** Full-integer twins of float {@code .tflite} classifiers. */
@NullMarked
package io.stopline.training.quantization;

import org.jspecify.annotations.NullMarked;
