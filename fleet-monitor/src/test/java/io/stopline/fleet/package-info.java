@NullMarked
package io.stopline.fleet;

import org.jspecify.annotations.NullMarked;
