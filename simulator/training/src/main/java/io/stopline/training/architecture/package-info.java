/** Small classifiers made from a few words, written as {@code .tflite} files. */
@NullMarked
package io.stopline.training.architecture;

import org.jspecify.annotations.NullMarked;
