/** A camera on loopback that shows pictures which somebody else makes. */
@NullMarked
package io.stopline.studio.camera;

import org.jspecify.annotations.NullMarked;
