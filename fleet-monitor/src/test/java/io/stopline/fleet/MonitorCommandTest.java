package io.stopline.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command line refuses before a monitor runs. */
final class MonitorCommandTest {

  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private int run(String... arguments) {
    CommandLine line = new CommandLine(new MonitorMain());
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  @Test
  void plainMqttToABrokerOnAnotherMachineIsRefused() {
    String data = "--data=" + folder.resolve("data");
    assertThat(run(data, "--port=0", "--broker=tcp://192.0.2.7:1883")).isEqualTo(1);
    assertThat(err.toString())
        .contains("tcp://192.0.2.7:1883")
        .contains("write ssl://192.0.2.7:1883")
        .contains("--allow-plain-mqtt");
  }

  @Test
  void plainMqttIsRefusedBeforeTheCredentialIsRead() {
    String data = "--data=" + folder.resolve("data");
    assertThat(
            run(
                data,
                "--port=0",
                "--broker=tcp://broker.example:1883",
                "--broker-user=monitor",
                "--broker-password-file=" + folder.resolve("none")))
        .isEqualTo(1);
    assertThat(err.toString()).contains("write ssl://broker.example:1883").doesNotContain("none");
  }
}
