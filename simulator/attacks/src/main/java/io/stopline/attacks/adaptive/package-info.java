/**
 * Attacks that know the defence: a randomised transform in front of a model, or a whole guard. And
 * the judges that say, on the exact defence and over fresh draws, what an attack came to.
 */
@NullMarked
package io.stopline.attacks.adaptive;

import org.jspecify.annotations.NullMarked;
