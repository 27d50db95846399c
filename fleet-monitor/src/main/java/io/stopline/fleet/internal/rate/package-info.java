/** How much one device may ask of the monitor, and what was done about those that ask for more. */
@NullMarked
package io.stopline.fleet.internal.rate;

import org.jspecify.annotations.NullMarked;
