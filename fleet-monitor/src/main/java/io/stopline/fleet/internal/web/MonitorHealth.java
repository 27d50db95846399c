package io.stopline.fleet.internal.web;

import io.stopline.fleet.internal.rate.DeviceLoads;
import io.stopline.telemetry.MqttLink;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the monitor is.
 *
 * @param version of the software
 * @param startedAt when the process started
 * @param broker where devices connect
 * @param link to the broker
 * @param acknowledged incidents, since the start
 * @param duplicates incidents that arrived again, since the start
 * @param storeProblem why nothing can be stored, if so
 * @param loads devices that send more than their share
 * @param warnings for whoever looks
 */
public record MonitorHealth(
    String version,
    Instant startedAt,
    String broker,
    MqttLink.Status link,
    long acknowledged,
    long duplicates,
    @Nullable String storeProblem,
    List<DeviceLoads.Load> loads,
    List<String> warnings) {

  public MonitorHealth {
    loads = List.copyOf(loads);
    warnings = List.copyOf(warnings);
  }
}
