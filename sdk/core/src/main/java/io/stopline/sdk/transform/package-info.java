/** Randomised input transforms, written straight into a model's input tensor. */
@NullMarked
package io.stopline.sdk.transform;

import org.jspecify.annotations.NullMarked;
