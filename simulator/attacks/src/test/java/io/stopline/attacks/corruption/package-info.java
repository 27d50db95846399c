@NullMarked
package io.stopline.attacks.corruption;

import org.jspecify.annotations.NullMarked;
