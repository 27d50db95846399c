package io.stopline.studio.chaos;

import com.hivemq.embedded.EmbeddedHiveMQ;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The broker that the monitor embeds, as a process of its own that can be killed. */
final class HiveMqMain {

  private HiveMqMain() {}

  /** Port and folder. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]);
    Path config = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        config.resolve("config.xml"),
        """
        <hivemq>
          <listeners><tcp-listener><port>%s</port><bind-address>127.0.0.1</bind-address></tcp-listener></listeners>
          <mqtt><queued-messages><max-queue-size>100000</max-queue-size></queued-messages></mqtt>
          <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
        </hivemq>
        """
            .formatted(arguments[0]));
    EmbeddedHiveMQ broker =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(config)
            .withDataFolder(Files.createDirectories(folder.resolve("data")))
            .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
            .withoutLoggingBootstrap()
            .build();
    broker.start().join();
    // Ends by being killed.
    new CountDownLatch(1).await();
  }
}
