/** What a detector finds in frames with labelled boxes, and how a user's detector is read. */
@NullMarked
package io.stopline.evaluation.detection;

import org.jspecify.annotations.NullMarked;
