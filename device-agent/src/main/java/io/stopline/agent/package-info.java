/** The daemon around the frame pipeline. */
@NullMarked
package io.stopline.agent;

import org.jspecify.annotations.NullMarked;
