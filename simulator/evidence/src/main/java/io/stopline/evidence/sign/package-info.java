/** Signatures of a pack: Ed25519 keys and DSSE envelopes. */
@NullMarked
package io.stopline.evidence.sign;

import org.jspecify.annotations.NullMarked;
