/** Common corruptions: what weather, optics and codecs do to a picture without any attacker. */
@NullMarked
package io.stopline.attacks.corruption;

import org.jspecify.annotations.NullMarked;
