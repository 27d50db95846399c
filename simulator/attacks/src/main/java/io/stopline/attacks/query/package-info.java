/** Attacks that ask: for scores, for labels, or nothing but other models. */
@NullMarked
package io.stopline.attacks.query;

import org.jspecify.annotations.NullMarked;
