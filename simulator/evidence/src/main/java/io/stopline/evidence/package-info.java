/** Evidence packs: what was measured of a bundle, for somebody else to check. */
@NullMarked
package io.stopline.evidence;

import org.jspecify.annotations.NullMarked;
