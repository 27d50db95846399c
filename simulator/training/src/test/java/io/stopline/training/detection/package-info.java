@NullMarked
package io.stopline.training.detection;

import org.jspecify.annotations.NullMarked;
