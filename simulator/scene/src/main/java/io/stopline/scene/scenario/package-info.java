/** A drive as data: camera, vehicle, light, background and signs, in physical units. */
@NullMarked
package io.stopline.scene.scenario;

import org.jspecify.annotations.NullMarked;
