/** {@code .tflite} models as differentiable functions, and the adjoints of image transforms. */
@NullMarked
package io.stopline.autodiff;

import org.jspecify.annotations.NullMarked;
