package io.stopline.fleet.internal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.testing.FaultTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LastHeardTest {

  private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

  private final AtomicLong nanos = new AtomicLong(Duration.ofDays(3).toNanos());
  private final AtomicReference<Instant> wall = new AtomicReference<>(NOON);
  private final LastHeard heard =
      new LastHeard(
          nanos::get,
          new Clock() {
            @Override
            public ZoneOffset getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
              return this;
            }

            @Override
            public Instant instant() {
              return Objects.requireNonNull(wall.get());
            }
          });

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    wall.updateAndGet(now -> now.plus(time));
  }

  @Tag("faults")
  @Test
  void aWallClockThatStepsBackDoesNotShortenASilence() {
    heard.heard("car-1");
    pass(Duration.ofMinutes(5));
    wall.set(NOON.minus(Duration.ofHours(3)));
    assertThat(heard.silence("car-1", NOON)).isEqualTo(Duration.ofMinutes(5));
    FaultTable.add(
        "monitor",
        "the clock steps back three hours",
        "a dead device stays online",
        "silent for 5 minutes, as it is");
  }

  @Test
  void ofOneNotHeardSinceTheStartTheLongerTimeCounts() {
    assertThat(heard.silence("car-2", NOON.minusSeconds(600))).isEqualTo(Duration.ofMinutes(10));
    // The database says it was heard in the future: the clock has stepped back meanwhile.
    pass(Duration.ofMinutes(3));
    assertThat(heard.silence("car-2", NOON.plus(Duration.ofHours(2))))
        .isEqualTo(Duration.ofMinutes(3));
  }
}
