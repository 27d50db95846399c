package io.stopline.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What the command line refuses before anything starts. */
final class AgentCommandTest {

  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private int run(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--source",
                folder.resolve("none").toString(),
                "--state",
                folder.resolve("state").toString(),
                "--device-id",
                "car-7"));
    arguments.addAll(List.of(more));
    CommandLine line = AgentMain.commandLine();
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments.toArray(String[]::new));
  }

  @Test
  void plainMqttToAnotherMachineIsRefused() {
    assertThat(run("--broker", "tcp://monitor.local:1883")).isEqualTo(2);
    assertThat(err.toString())
        .contains("tcp://monitor.local:1883")
        .contains("write ssl://monitor.local:1883")
        .contains("--allow-plain-mqtt");
    assertThat(folder.resolve("state")).as("nothing was begun").doesNotExist();
  }

  @Test
  void plainMqttIsAcceptedOnThisMachineOrIfItIsAllowed() {
    // What is refused is the next thing: the source.
    assertThat(run("--broker", "tcp://127.0.0.1:1883")).isEqualTo(2);
    assertThat(run("--broker", "tcp://monitor.local:1883", "--allow-plain-mqtt")).isEqualTo(2);
    assertThat(err.toString()).contains("check --source").doesNotContain("plain MQTT");
  }

  @Test
  void noOptionTakesASecretItself() {
    for (OptionSpec option : AgentMain.commandLine().getCommandSpec().options()) {
      if (option.longestName().matches(".*(password|secret|credential|key|token).*")) {
        assertThat(option.type()).as("%s is a file", option.longestName()).isEqualTo(Path.class);
      }
    }
  }

  @Test
  void aDecodeTimeThatIsNoneIsRefused() {
    assertThat(run("--decode-ms", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--decode-ms is 0; give 10 to 600000");
  }
}
