@NullMarked
package io.stopline.telemetry;

import org.jspecify.annotations.NullMarked;
