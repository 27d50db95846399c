/** Checks: what looks at an input and at what the models said of it, and scores how odd that is. */
@NullMarked
package io.stopline.sdk.check;

import org.jspecify.annotations.NullMarked;
