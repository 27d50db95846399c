/** Labelled frames and what was detected in them, as files that other tools read. */
@NullMarked
package io.stopline.evaluation.export;

import org.jspecify.annotations.NullMarked;
