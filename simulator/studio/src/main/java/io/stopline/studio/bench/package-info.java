/** What {@code stopline bench} measures, run by JMH in a process of its own. */
@NullMarked
package io.stopline.studio.bench;

import org.jspecify.annotations.NullMarked;
