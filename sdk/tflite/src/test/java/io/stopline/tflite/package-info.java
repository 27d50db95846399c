@NullMarked
package io.stopline.tflite;

import org.jspecify.annotations.NullMarked;
