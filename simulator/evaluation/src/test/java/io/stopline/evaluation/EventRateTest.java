package io.stopline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class EventRateTest {

  @Test
  void whatNeverHappenedMayHappenThreeTimesInAsLong() {
    EventRate none = EventRate.of(0, 2);

    assertThat(none.perMinute()).isZero();
    assertThat(none.atMost()).as("-ln 0.05 / 2").isCloseTo(1.49787, within(1e-4));
    // Garwood's table: 95 % below 7.7537 for 3 events.
    assertThat(EventRate.of(3, 1).atMost()).isCloseTo(7.7537, within(1e-4));
    assertThat(EventRate.of(3, 1).toString())
        .isEqualTo("3 in 1.0 minutes (3.00 a minute, at most 7.75)");
  }

  @Test
  void withoutMinutesNothingIsKnown() {
    EventRate unknown = EventRate.of(0, 0);

    assertThat(unknown.perMinute()).isNaN();
    assertThat(unknown.atMost()).isInfinite();
    assertThat(unknown.toJson().get("atMost").isNull()).isTrue();
    assertThatThrownBy(() -> EventRate.of(-1, 1)).hasMessageContaining("is no rate");
  }
}
