@NullMarked
package io.stopline.attacks.query;

import org.jspecify.annotations.NullMarked;
