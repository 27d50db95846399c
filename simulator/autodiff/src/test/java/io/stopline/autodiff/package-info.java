@NullMarked
package io.stopline.autodiff;

import org.jspecify.annotations.NullMarked;
