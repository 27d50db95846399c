@NullMarked
package io.stopline.training.method;

import org.jspecify.annotations.NullMarked;
