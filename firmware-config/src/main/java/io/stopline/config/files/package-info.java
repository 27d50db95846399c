/** Writing files such that none is ever found half written. */
@NullMarked
package io.stopline.config.files;

import org.jspecify.annotations.NullMarked;
