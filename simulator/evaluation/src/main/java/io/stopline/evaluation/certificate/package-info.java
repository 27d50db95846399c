/** Certificates: what they are over frames and tracks, how they are reported, whose they are. */
@NullMarked
package io.stopline.evaluation.certificate;

import org.jspecify.annotations.NullMarked;
