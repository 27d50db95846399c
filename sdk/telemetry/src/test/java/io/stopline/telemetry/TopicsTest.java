package io.stopline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {

  @Test
  void namesAreTakenApartAsTheyWereMade() {
    for (Topics.Kind kind : Topics.Kind.values()) {
      assertThat(Topics.parse(Topics.of("car-1", kind)))
          .contains(new Topics.Address("car-1", kind));
    }
    assertThat(Topics.of("car-1", Topics.Kind.ACKNOWLEDGEMENT)).isEqualTo("stopline/v1/car-1/ack");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "+", "#", "a/b", "a b", "-a", "<script>", "ä", "a\n", "a\u0000", "$SYS"})
  void aDeviceIdCannotLeaveItsBranch(String device) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Topics.of(device, Topics.Kind.BIRTH))
        .withMessageContaining("not valid");
    assertThat(Topics.parse("stopline/v1/" + device + "/birth")).isEmpty();
  }

  @Test
  void whatIsNotOursIsNoAddress() {
    assertThat(Topics.parse("stopline/v2/car-1/birth")).isEmpty();
    assertThat(Topics.parse("stopline/v1/car-1/other")).isEmpty();
    assertThat(Topics.parse("stopline/v1/car-1/birth/x")).isEmpty();
    assertThat(Topics.isDeviceId("a".repeat(64))).isTrue();
    assertThat(Topics.isDeviceId("a".repeat(65))).isFalse();
  }
}
