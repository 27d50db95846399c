/** Heartbeat and alarm lamp on a board's pins. */
@NullMarked
package io.stopline.agent.gpio;

import org.jspecify.annotations.NullMarked;
