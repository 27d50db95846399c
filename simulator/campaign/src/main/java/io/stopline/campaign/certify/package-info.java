/** Certifies model files over data, with TensorFlow Lite, and attacks the certificates. */
@NullMarked
package io.stopline.campaign.certify;

import org.jspecify.annotations.NullMarked;
