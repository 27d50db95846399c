/** Tests of the physical attacks. */
@NullMarked
package io.stopline.attacks.physical;

import org.jspecify.annotations.NullMarked;
