/** The one source of randomness: keyed seeds and the streams drawn from them. */
@NullMarked
package io.stopline.sdk.random;

import org.jspecify.annotations.NullMarked;
