@NullMarked
package io.stopline.evaluation.robustness;

import org.jspecify.annotations.NullMarked;
