/** Signs as planes in perspective. */
@NullMarked
package io.stopline.scene.plane;

import org.jspecify.annotations.NullMarked;
