@NullMarked
package io.stopline.attacks.detection;

import org.jspecify.annotations.NullMarked;
