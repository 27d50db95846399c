/** Pixels: images, regions of them, and frames. */
@NullMarked
package io.stopline.sdk.image;

import org.jspecify.annotations.NullMarked;
