/** The wire: messages, their JSON form, topic names and the one MQTT link. */
@NullMarked
package io.stopline.telemetry;

import org.jspecify.annotations.NullMarked;
