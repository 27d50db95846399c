@NullMarked
package io.stopline.attacks;

import org.jspecify.annotations.NullMarked;
