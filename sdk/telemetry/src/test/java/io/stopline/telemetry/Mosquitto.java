package io.stopline.telemetry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A real Mosquitto as a process of its own, on loopback. */
final class Mosquitto implements AutoCloseable {

  private static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");

  private final Path folder;
  private final int port;
  private @Nullable Process process;

  /** Skips the test where there is no Mosquitto. */
  Mosquitto(Path folder, String... configuration) throws IOException {
    Assumptions.assumeTrue(
        Files.isExecutable(PROGRAM),
        "no " + PROGRAM + "; 'apt-get install mosquitto' runs this test");
    this.folder = folder;
    this.port = freePort();
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        "listener "
            + port
            + " 127.0.0.1\nper_listener_settings false\n"
            // Ignored unless started by root; then it keeps the right to read the test's folder.
            + "user "
            + System.getProperty("user.name")
            + "\n"
            + String.join("\n", configuration)
            + "\n");
  }

  int port() {
    return port;
  }

  void start() throws IOException, InterruptedException {
    process =
        new ProcessBuilder(PROGRAM.toString(), "-c", folder.resolve("mosquitto.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("mosquitto.log").toFile())
            .start();
    Instant deadline = Instant.now().plus(Duration.ofSeconds(10));
    while (!listens()) {
      if (!process.isAlive() || Instant.now().isAfter(deadline)) {
        throw new IOException(
            "mosquitto did not start: " + Files.readString(folder.resolve("mosquitto.log")));
      }
      Thread.onSpinWait();
    }
  }

  void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  @Override
  public void close() {
    kill();
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
