/**
 * Makes detectors: road frames and pasted signs in, a {@code .tflite} detector and its card out.
 */
@NullMarked
package io.stopline.campaign.detection;

import org.jspecify.annotations.NullMarked;
