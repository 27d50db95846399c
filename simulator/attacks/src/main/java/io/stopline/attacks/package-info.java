/** Attacks on anything that gives a score; knows neither scenes nor agents. */
@NullMarked
package io.stopline.attacks;

import org.jspecify.annotations.NullMarked;
