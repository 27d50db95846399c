/** From frames to incidents: region proposer, tracker, evidence. */
@NullMarked
package io.stopline.sdk.pipeline;

import org.jspecify.annotations.NullMarked;
