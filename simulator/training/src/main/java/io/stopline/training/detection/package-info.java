/**
 * Training of detectors: crops of road frames with signs pasted into them, a heat map and boxes as
 * dense targets, their loss, and what judges the weights.
 */
@NullMarked
package io.stopline.training.detection;

import org.jspecify.annotations.NullMarked;
