@NullMarked
package io.stopline.evaluation.export;

import org.jspecify.annotations.NullMarked;
