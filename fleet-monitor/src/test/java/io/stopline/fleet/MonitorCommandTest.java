package io.stopline.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stopline.testing.Certificates;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What the command line refuses before a monitor runs. */
@Timeout(120)
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
  void aPasswordOrKeyThatOthersCanReadIsRefused() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "hunter2");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
    String data = "--data=" + folder.resolve("data");
    assertThat(
            run(
                data,
                "--port=0",
                "--broker=tcp://127.0.0.1:1",
                "--broker-user=monitor",
                "--broker-password-file=" + password))
        .isEqualTo(1);
    assertThat(err.toString()).contains("chmod 600 " + password).doesNotContain("hunter2");

    Certificates fleet = new Certificates(folder.resolve("fleet"), "fleet");
    fleet.issue("broker", "san=ip:127.0.0.1");
    Path key =
        Files.setPosixFilePermissions(
            fleet.key("broker"), PosixFilePermissions.fromString("rw----r--"));
    String authority = fleet.authority().toString();
    String certificate = fleet.certificate("broker").toString();
    assertThat(
            run(
                data,
                "--port=0",
                "--broker=ssl://127.0.0.1:1",
                "--broker-authority=" + authority,
                "--broker-certificate=" + certificate,
                "--broker-key=" + key))
        .isEqualTo(1);
    assertThat(
            run(
                data,
                "--port=0",
                "--mqtt-port=0",
                "--tls-device-authority=" + authority,
                "--tls-certificate=" + certificate,
                "--tls-key=" + key))
        .isEqualTo(1);
    assertThat(err.toString().split("chmod 600 " + key, -1)).hasSize(3);
  }

  @Test
  void tooFewOpenFilesAreNamedAtOnce() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash sets the limit; there is none");
    Process process =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "ulimit -n 1024 && exec \"$@\"",
                "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                MonitorMain.class.getName(),
                "--data=" + folder.resolve("data"),
                "--port=0",
                "--mqtt-port=0")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(1);
    assertThat(said)
        .contains("monitor: the embedded broker needs 1500 open files and sockets")
        .contains("this process may have 1024 files and sockets open (ulimit -n)")
        .contains("LimitNOFILE=65536");
  }

  @Test
  void noOptionTakesASecretItself() {
    for (CommandLine command : withSubcommands(new CommandLine(new MonitorMain()))) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (option.longestName().matches(".*(password|secret|credential|key|token|provision).*")) {
          assertThat(option.auxiliaryTypes())
              .as("%s of %s is a file", option.longestName(), command.getCommandName())
              .contains(Path.class);
        }
      }
    }
  }

  private static List<CommandLine> withSubcommands(CommandLine command) {
    List<CommandLine> all = new ArrayList<>(List.of(command));
    command.getSubcommands().values().forEach(sub -> all.addAll(withSubcommands(sub)));
    return all;
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
