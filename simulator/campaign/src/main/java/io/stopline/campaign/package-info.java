/** Binds scenes, attacks and guards into runs and results. */
@NullMarked
package io.stopline.campaign;

import org.jspecify.annotations.NullMarked;
