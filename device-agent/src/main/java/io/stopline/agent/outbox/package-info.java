/** The store from which an incident is deleted only after the monitor has acknowledged it. */
@NullMarked
package io.stopline.agent.outbox;

import org.jspecify.annotations.NullMarked;
