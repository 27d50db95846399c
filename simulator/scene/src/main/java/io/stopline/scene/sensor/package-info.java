/** What a sensor makes of light: noise, tone curve, JPEG. */
@NullMarked
package io.stopline.scene.sensor;

import org.jspecify.annotations.NullMarked;
