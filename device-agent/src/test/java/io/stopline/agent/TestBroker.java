package io.stopline.agent;

import com.hivemq.embedded.EmbeddedHiveMQ;
import io.stopline.testing.FreePort;
import io.stopline.testing.Mosquitto;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Real brokers on loopback: HiveMQ in this process, Mosquitto as a process that can be killed. */
abstract class TestBroker implements AutoCloseable {

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

  /** Mosquitto where it is installed, else HiveMQ. */
  static TestBroker any(Path folder) throws Exception {
    return Mosquitto.isPresent()
        ? new MosquittoProcess(new Mosquitto(folder, "allow_anonymous true"))
        : new HiveMq(folder);
  }

  static TestBroker hiveMq(Path folder) throws Exception {
    return new HiveMq(folder);
  }

  private static final class HiveMq extends TestBroker {
    private final Path folder;
    private @Nullable EmbeddedHiveMQ broker;

    HiveMq(Path folder) throws IOException {
      super(FreePort.find());
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
    private final Mosquitto broker;

    MosquittoProcess(Mosquitto broker) {
      super(broker.port());
      this.broker = broker;
    }

    @Override
    void start() throws Exception {
      broker.start();
    }

    @Override
    void kill() {
      broker.kill();
    }
  }
}
