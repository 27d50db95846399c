@NullMarked
package io.stopline.evaluation.certificate;

import org.jspecify.annotations.NullMarked;
