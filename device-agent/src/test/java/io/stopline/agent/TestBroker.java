package io.stopline.agent;

import com.hivemq.embedded.EmbeddedHiveMQ;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Real brokers on loopback: HiveMQ in this process, Mosquitto as a process that can be killed. */
abstract class TestBroker implements AutoCloseable {

  private static final Path MOSQUITTO = Path.of("/usr/sbin/mosquitto");

  final int port;

  private TestBroker(int port) {
    this.port = port;
  }

  URI uri() {
    return URI.create("tcp://127.0.0.1:" + port);
  }

  abstract void start() throws Exception;

  /** Ends it without any farewell, as far as the kind can. */
  abstract void kill();

  @Override
  public void close() {
    kill();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Mosquitto where it is installed, else HiveMQ. */
  static TestBroker any(Path folder) throws Exception {
    return Files.isExecutable(MOSQUITTO) ? new MosquittoProcess(folder) : new HiveMq(folder);
  }

  static TestBroker hiveMq(Path folder) throws Exception {
    return new HiveMq(folder);
  }

  private static final class HiveMq extends TestBroker {
    private final Path folder;
    private @Nullable EmbeddedHiveMQ broker;

    HiveMq(Path folder) throws IOException {
      super(freePort());
      this.folder = Files.createDirectories(folder.resolve("hivemq"));
    }

    @Override
    void start() throws Exception {
      Path config = Files.createDirectories(folder.resolve("conf"));
      Files.writeString(
          config.resolve("config.xml"),
          """
          <hivemq>
            <listeners><tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener></listeners>
            <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
          </hivemq>
          """
              .formatted(port));
      broker =
          EmbeddedHiveMQ.builder()
              .withConfigurationFolder(config)
              .withDataFolder(Files.createDirectories(folder.resolve("data")))
              .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
              .withoutLoggingBootstrap()
              .build();
      broker.start().get(60, TimeUnit.SECONDS);
    }

    @Override
    void kill() {
      if (broker != null) {
        broker.stop().join();
        broker = null;
      }
    }
  }

  private static final class MosquittoProcess extends TestBroker {
    private final Path folder;
    private @Nullable Process process;

    MosquittoProcess(Path folder) throws IOException {
      super(freePort());
      this.folder = folder;
      Files.writeString(
          folder.resolve("mosquitto.conf"),
          "listener %d 127.0.0.1\nallow_anonymous true\nuser %s\n"
              .formatted(port, System.getProperty("user.name")));
    }

    @Override
    void start() throws Exception {
      process =
          new ProcessBuilder(
                  MOSQUITTO.toString(), "-c", folder.resolve("mosquitto.conf").toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("mosquitto.log").toFile())
              .start();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!listens()) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw new IOException(
              "mosquitto did not start: " + Files.readString(folder.resolve("mosquitto.log")));
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }

    private boolean listens() {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    void kill() {
      if (process != null) {
        process.destroyForcibly().onExit().join();
      }
    }
  }
}
