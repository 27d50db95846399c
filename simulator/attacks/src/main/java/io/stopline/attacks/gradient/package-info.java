/** Attacks that follow gradients, within budgets that they keep exactly. */
@NullMarked
package io.stopline.attacks.gradient;

import org.jspecify.annotations.NullMarked;
