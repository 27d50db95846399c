/** Photographs of signs put into photographs of roads, with the boxes that follow from it. */
@NullMarked
package io.stopline.evaluation.placing;

import org.jspecify.annotations.NullMarked;
