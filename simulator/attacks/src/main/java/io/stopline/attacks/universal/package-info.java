/** One perturbation for all inputs. */
@NullMarked
package io.stopline.attacks.universal;

import org.jspecify.annotations.NullMarked;
