/**
 * The operators of TensorFlow Lite as differentiable functions of PyTorch arrays, one small class
 * an operator or family. Internal to this module: nothing outside {@code io.stopline.autodiff} uses
 * it.
 *
 * <p>To add an operator: write a class in a file of its own with a static method {@code Operator
 * prepare(Node)}, which reads options and constants once and returns what each pass does, and put
 * one line into {@link io.stopline.autodiff.operator.Operators}.
 */
@NullMarked
package io.stopline.autodiff.operator;

import org.jspecify.annotations.NullMarked;
