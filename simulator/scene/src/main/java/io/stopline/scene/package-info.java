/** Renders a drive towards road signs through a camera, with its ground truth. */
@NullMarked
package io.stopline.scene;

import org.jspecify.annotations.NullMarked;
