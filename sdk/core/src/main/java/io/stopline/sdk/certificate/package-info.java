/**
 * Certificates: what an attacker of a stated kind cannot do to one picture, by proof and not by
 * trial. Certified windows: a model that averages local scores is asked once, and every place where
 * a patch could sit is left out of the mean in turn.
 */
@NullMarked
package io.stopline.sdk.certificate;

import org.jspecify.annotations.NullMarked;
