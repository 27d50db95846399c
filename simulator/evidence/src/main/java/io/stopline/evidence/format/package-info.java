/** The form of a pack, on which packing and checking agree. */
@NullMarked
package io.stopline.evidence.format;

import org.jspecify.annotations.NullMarked;
