@NullMarked
package io.stopline.scene.alteration;

import org.jspecify.annotations.NullMarked;
