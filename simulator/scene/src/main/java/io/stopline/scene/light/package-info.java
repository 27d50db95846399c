/** Sun, sky and haze in linear light. */
@NullMarked
package io.stopline.scene.light;

import org.jspecify.annotations.NullMarked;
