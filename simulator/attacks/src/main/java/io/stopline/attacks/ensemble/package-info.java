/** Attacks that are made of several others. */
@NullMarked
package io.stopline.attacks.ensemble;

import org.jspecify.annotations.NullMarked;
