/** Whole road frames with boxes around their signs, and what finders and guard make of them. */
@NullMarked
package io.stopline.evaluation.road;

import org.jspecify.annotations.NullMarked;
