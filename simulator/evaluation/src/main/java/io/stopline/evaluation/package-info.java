/** Data sets, splits, interval statistics and the report schema. */
@NullMarked
package io.stopline.evaluation;

import org.jspecify.annotations.NullMarked;
