/** Image files and their decoding: the one place that turns bytes from outside into pixels. */
@NullMarked
package io.stopline.config.images;

import org.jspecify.annotations.NullMarked;
