/** What several commands say in their reports. */
@NullMarked
package io.stopline.studio.report;

import org.jspecify.annotations.NullMarked;
