/** Packs made and checked as a user would, and damaged as an attacker would. */
@NullMarked
package io.stopline.evidence;

import org.jspecify.annotations.NullMarked;
