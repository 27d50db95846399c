/** Makes a calibrated guard of a user's detector. */
@NullMarked
package io.stopline.campaign.detectorguard;

import org.jspecify.annotations.NullMarked;
