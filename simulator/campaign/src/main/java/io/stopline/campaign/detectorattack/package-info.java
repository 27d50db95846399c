/** Runs attacks on object detectors over frames with boxes, on the file that ships. */
@NullMarked
package io.stopline.campaign.detectorattack;

import org.jspecify.annotations.NullMarked;
