/** Where the camera is and where on its picture a point of the world falls. */
@NullMarked
package io.stopline.scene.camera;

import org.jspecify.annotations.NullMarked;
