@NullMarked
package io.stopline.attacks.plugin;

import org.jspecify.annotations.NullMarked;
