/** Campaigns on Apache Spark: the tracks of a campaign, spread over a cluster. */
@NullMarked
package io.stopline.spark;

import org.jspecify.annotations.NullMarked;
