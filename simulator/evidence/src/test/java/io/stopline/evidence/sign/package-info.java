/** Keys and envelopes against published vectors. */
@NullMarked
package io.stopline.evidence.sign;

import org.jspecify.annotations.NullMarked;
