/** Input transforms as differentiable functions of the image, for given draws. */
@NullMarked
package io.stopline.autodiff.transform;

import org.jspecify.annotations.NullMarked;
