/** Road, verge, trees, sky: what stands around the signs. */
@NullMarked
package io.stopline.scene.roadside;

import org.jspecify.annotations.NullMarked;
