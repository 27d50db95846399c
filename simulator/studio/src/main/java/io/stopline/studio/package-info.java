/** The stopline command line. */
@NullMarked
package io.stopline.studio;

import org.jspecify.annotations.NullMarked;
