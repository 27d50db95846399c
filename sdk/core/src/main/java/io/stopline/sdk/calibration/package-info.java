/** Split-conformal calibration of the fused score, with the track as the unit. */
@NullMarked
package io.stopline.sdk.calibration;

import org.jspecify.annotations.NullMarked;
