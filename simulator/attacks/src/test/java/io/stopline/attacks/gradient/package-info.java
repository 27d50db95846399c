@NullMarked
package io.stopline.attacks.gradient;

import org.jspecify.annotations.NullMarked;
