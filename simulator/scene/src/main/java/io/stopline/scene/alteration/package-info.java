/** What may be stuck on, painted on or cast upon a sign, as data. */
@NullMarked
package io.stopline.scene.alteration;

import org.jspecify.annotations.NullMarked;
