/** What a model can learn from a batch: the training methods by name. */
@NullMarked
package io.stopline.training.method;

import org.jspecify.annotations.NullMarked;
