/** Kills agent, broker and monitor in the middle of their work, and counts what is left. */
@NullMarked
package io.stopline.studio.chaos;

import org.jspecify.annotations.NullMarked;
