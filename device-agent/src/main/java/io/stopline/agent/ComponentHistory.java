package io.stopline.agent;

import io.stopline.telemetry.HealthMessage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Remembers since when each part of the agent is as it is. Thread-safe. */
final class ComponentHistory {

  private record Entry(HealthMessage.State state, Instant since) {}

  private final InstantSource clock;
  private final Map<String, Entry> entries = new HashMap<>();

  ComponentHistory(InstantSource clock) {
    this.clock = clock;
  }

  /** The part as it is now; its time changes only with its state. */
  synchronized HealthMessage.Part part(String name, HealthMessage.Component now) {
    Entry before = entries.get(name);
    if (before == null || before.state() != now.state()) {
      before = new Entry(now.state(), clock.instant());
      entries.put(name, before);
    }
    return new HealthMessage.Part(now.state(), now.detail(), before.since());
  }
}
