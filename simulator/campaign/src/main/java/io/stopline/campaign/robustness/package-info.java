/** Runs attacks on a model file or a whole guard, and judges what comes of them. */
@NullMarked
package io.stopline.campaign.robustness;

import org.jspecify.annotations.NullMarked;
