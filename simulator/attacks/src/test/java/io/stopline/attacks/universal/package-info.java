/** Tests of universal perturbations. */
@NullMarked
package io.stopline.attacks.universal;

import org.jspecify.annotations.NullMarked;
