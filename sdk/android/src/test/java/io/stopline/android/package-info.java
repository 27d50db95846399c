@NullMarked
package io.stopline.android;

import org.jspecify.annotations.NullMarked;
