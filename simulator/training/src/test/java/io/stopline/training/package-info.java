@NullMarked
package io.stopline.training;

import org.jspecify.annotations.NullMarked;
