@NullMarked
package io.stopline.attacks.adaptive;

import org.jspecify.annotations.NullMarked;
