package io.stopline.agent;

import io.stopline.config.DeviceProfile;
import io.stopline.telemetry.BundleIdentity;
import io.stopline.telemetry.DelegateReport;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who this agent process is.
 *
 * @param device its id, as the monitor knows it
 * @param session new on each start
 * @param startedAt when the process started
 * @param version of this software
 * @param bundle that it runs
 * @param delegates where each model runs, and why not elsewhere
 * @param place where it is, null if unknown
 */
public record AgentIdentity(
    String device,
    UUID session,
    Instant startedAt,
    String version,
    BundleIdentity bundle,
    List<DelegateReport> delegates,
    DeviceProfile.@Nullable Place place) {

  public AgentIdentity {
    delegates = List.copyOf(delegates);
  }

  /** Who says so when what an agent runs is run on a desk: no place, no delegates to tell of. */
  public static AgentIdentity onDesk(String device, String version, BundleIdentity bundle) {
    return new AgentIdentity(
        device, UUID.randomUUID(), Instant.now(), version, bundle, List.of(), null);
  }
}
