/** Checking a pack that somebody else made. */
@NullMarked
package io.stopline.evidence.check;

import org.jspecify.annotations.NullMarked;
