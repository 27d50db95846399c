/** Pictures that are sampled in linear light: pyramids of ever smaller copies, and noise. */
@NullMarked
package io.stopline.scene.texture;

import org.jspecify.annotations.NullMarked;
