package io.stopline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain MQTT stays on this machine unless somebody says otherwise. */
final class LoopbackTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.255.254",
        "localhost",
        "LocalHost",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]"
      })
  void thisMachineMayBePlain(String host) {
    assertThat(Loopback.isNamedBy(host)).isTrue();
    assertThatCode(() -> MqttSettings.to(URI.create("tcp://" + host + ":1883"), "car-1"))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "monitor.local",
        "192.168.1.7",
        "0.0.0.0",
        "[::]",
        "[::ffff:10.0.0.1]",
        "[fe80::1]",
        "[::2]",
        "128.0.0.1",
        "127.0.0.1.example.com",
        "localhost.example.com"
      })
  void otherMachinesMayNot(String host) {
    assertThat(Loopback.isNamedBy(host)).isFalse();
    URI plain = URI.create("tcp://" + host + ":1883");
    assertThatThrownBy(() -> MqttSettings.to(plain, "car-1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tcp://" + host + ":1883")
        .hasMessageContaining("write ssl://" + host + ":1883")
        .hasMessageContaining("--allow-plain-mqtt");
    assertThatCode(() -> MqttSettings.toAlsoUnencrypted(plain, "car-1")).doesNotThrowAnyException();
    assertThatCode(() -> MqttSettings.to(URI.create("ssl://" + host + ":8883"), "car-1"))
        .doesNotThrowAnyException();
  }

  /** Forms of 127.0.0.1 that some resolvers take, and others ask a server about. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.1x",
        "1.127.0.0.1",
        "[::1",
        "[1.2]",
        ""
      })
  void formsOfTheAddressThatAreReadInTwoWaysAreNotTaken(String host) {
    assertThat(Loopback.isNamedBy(host)).isFalse();
  }
}
