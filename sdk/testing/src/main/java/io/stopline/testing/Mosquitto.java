package io.stopline.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A real Mosquitto as a process of its own, on loopback. For one thread. */
public final class Mosquitto implements AutoCloseable {

  private static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");
  private static final long START_SECONDS = 60;

  private final int port;
  private final Path log;
  private final List<String> command;
  private @Nullable Process process;

  /** Whether there is one. */
  public static boolean isPresent() {
    return Files.isExecutable(PROGRAM);
  }

  /**
   * Not started; skips the test where there is no Mosquitto.
   *
   * @param folder for its files, must exist
   * @param configuration lines of mosquitto.conf(5)
   */
  public Mosquitto(Path folder, String... configuration) throws IOException {
    Assumptions.assumeTrue(
        isPresent(), "no " + PROGRAM + "; 'apt-get install mosquitto' runs this test");
    port = FreePort.find();
    log = folder.resolve("mosquitto.log");
    command = command(folder, port, configuration);
  }

  /** How it is started, after its configuration was written. */
  public static List<String> command(Path folder, int port, String... configuration)
      throws IOException {
    Path file = folder.resolve("mosquitto.conf");
    Files.writeString(
        file,
        // The user is ignored unless root starts it; then it may still read the test's folder.
        "listener %d 127.0.0.1\nuser %s\n%s\n"
            .formatted(port, System.getProperty("user.name"), String.join("\n", configuration)));
    return List.of(PROGRAM.toString(), "-c", file.toString());
  }

  public int port() {
    return port;
  }

  /** Where it listens without TLS. */
  public URI uri() {
    return URI.create("tcp://127.0.0.1:" + port);
  }

  /** Returns when it listens. */
  public void start() throws IOException, InterruptedException {
    Process started =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    process = started;
    long start = System.nanoTime();
    while (!listens(port)) {
      if (!started.isAlive()
          || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(START_SECONDS)) {
        throw new IOException("mosquitto did not start: " + Files.readString(log));
      }
      Thread.sleep(10);
    }
  }

  /** Whether anything listens on a port of the loopback. */
  public static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends it without any farewell. */
  public void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
