/** The faces of the road signs, drawn for this project as vector pictures. */
@NullMarked
package io.stopline.scene.sign;

import org.jspecify.annotations.NullMarked;
