/**
 * The contract between a guard and whatever runs a model: typed tensors, encodings, classifiers.
 */
@NullMarked
package io.stopline.sdk.model;

import org.jspecify.annotations.NullMarked;
