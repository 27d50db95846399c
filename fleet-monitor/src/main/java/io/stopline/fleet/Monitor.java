package io.stopline.fleet;

import io.stopline.fleet.MonitorSettings.BrokerSettings;
import io.stopline.fleet.internal.broker.Credentials;
import io.stopline.fleet.internal.broker.EmbeddedBroker;
import io.stopline.fleet.internal.ingest.Ingest;
import io.stopline.fleet.internal.ingest.LastHeard;
import io.stopline.fleet.internal.rate.DeviceLoads;
import io.stopline.fleet.internal.store.DiskSpace;
import io.stopline.fleet.internal.store.IncidentStore;
import io.stopline.fleet.internal.store.StoreException;
import io.stopline.fleet.internal.web.MonitorHealth;
import io.stopline.fleet.internal.web.MonitorHealth.Storage;
import io.stopline.fleet.internal.web.MonitorPage;
import io.stopline.telemetry.MqttLink;
import io.stopline.telemetry.MqttSettings;
import io.stopline.telemetry.PahoMqttLink;
import io.stopline.telemetry.PemException;
import io.stopline.telemetry.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running monitor: broker (if embedded), ingest, database and page. */
public final class Monitor implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(5);
  private static final int MAX_IN_FLIGHT = 200;
  // The ingest takes messages out faster than they come; this is for a thread that was not let run.
  private static final int MAX_QUEUED = 20_000;
  private static final long LINK_SECONDS = 20;
  private static final String BROKER_FOLDER = "broker";

  // Closed in reverse order.
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Instant startedAt = Instant.now();
  private final int pagePort;
  private final URI brokerUri;

  private Monitor(MonitorSettings settings) throws MonitorException {
    try {
      Path data = lock(settings.data());
      IncidentStore store = IncidentStore.open(data.resolve("incidents.db"), Clock.systemUTC());
      parts.push(store);
      DeviceLoads loads = new DeviceLoads();
      LastHeard lastHeard = new LastHeard(System::nanoTime, Clock.systemUTC());
      MqttSettings.Builder link;
      if (settings.broker() instanceof BrokerSettings.Embedded embedded) {
        Credentials credentials = new Credentials(credentialFile(data));
        provision(credentials, settings.provision());
        EmbeddedBroker broker =
            EmbeddedBroker.start(
                data.resolve(BROKER_FOLDER), embedded.port(), credentials, embedded.tls(), loads);
        parts.push(broker);
        brokerUri = broker.uri();
        link = broker.monitorSettings();
      } else if (settings.broker() instanceof BrokerSettings.External external) {
        brokerUri = external.uri();
        link = external(external);
        if (!settings.provision().isEmpty()) {
          throw new MonitorException(
              "credentials can be provisioned for the embedded broker only; add them to the broker"
                  + " at "
                  + brokerUri);
        }
      } else {
        throw new IllegalStateException("unknown broker settings");
      }
      MqttLink mqtt =
          new PahoMqttLink(
              link.backoff(Duration.ofMillis(100), MAX_BACKOFF)
                  .maxInFlight(MAX_IN_FLIGHT)
                  .maxQueued(MAX_QUEUED)
                  .build());
      // The page must hear of incidents before the first can arrive, and shows what ingest counts.
      Ingest[] ingest = new Ingest[1];
      MonitorPage page =
          new MonitorPage(
              store,
              () -> health(mqtt, ingest[0], loads, store, data),
              lastHeard,
              settings.reviewer(),
              Clock.systemUTC());
      Ingest started =
          new Ingest(
              mqtt,
              store,
              store.queries(),
              new Ingest.News() {
                @Override
                public void incident(long key) {
                  page.incidentAdded(key);
                }

                @Override
                public void device(String device) {
                  page.deviceChanged();
                }
              },
              settings.deviceQuota(),
              loads,
              lastHeard);
      ingest[0] = started;
      pagePort = page.start(settings.pagePort());
      parts.push(page);
      started.start();
      parts.push(started);
      CountDownLatch connected = new CountDownLatch(1);
      mqtt.addListener(
          new MqttLink.Listener() {
            @Override
            public void connected(long connection) {
              connected.countDown();
              page.deviceChanged();
            }

            @Override
            public void disconnected(String problem) {
              page.deviceChanged();
            }
          });
      mqtt.start();
      parts.push(mqtt);
      // An external broker may come later; one of our own must be there before we say we are.
      if (settings.broker() instanceof BrokerSettings.Embedded
          && !connected.await(LINK_SECONDS, TimeUnit.SECONDS)) {
        throw new MonitorException(
            "the embedded broker does not let the monitor in: " + mqtt.status().problem());
      }
    } catch (MonitorException e) {
      close();
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new MonitorException("interrupted while starting", e);
    } catch (IOException | StoreException | EmbeddedBroker.BrokerException e) {
      close();
      throw new MonitorException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts a monitor; blocks until it takes incidents and shows its page. With an external broker
   * it does not wait for that broker, but keeps trying.
   *
   * @throws MonitorException if it cannot start; nothing is left running
   */
  public static Monitor start(MonitorSettings settings) throws MonitorException {
    return new Monitor(settings);
  }

  /** Where devices' passwords are kept in a data folder. */
  static Path credentialFile(Path data) {
    return data.resolve("credentials");
  }

  /** The page. */
  public URI page() {
    return URI.create("http://127.0.0.1:" + pagePort + "/");
  }

  /** Where devices connect. */
  public URI broker() {
    return brokerUri;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("while closing {}: {}", part.getClass().getSimpleName(), e.getMessage());
      }
    }
  }

  private MonitorHealth health(
      MqttLink mqtt, @Nullable Ingest ingest, DeviceLoads loads, IncidentStore store, Path data) {
    Storage storage = storage(store, data);
    List<String> warnings = new ArrayList<>(store.warnings());
    if (storage.isLow()) {
      warnings.add("the disk is nearly full: " + storage.room());
    }
    return new MonitorHealth(
        version(),
        startedAt,
        brokerUri.toString(),
        mqtt.status(),
        ingest == null ? 0 : ingest.acknowledged(),
        ingest == null ? 0 : ingest.duplicates(),
        storage,
        loads.all(),
        warnings);
  }

  private static Storage storage(IncidentStore store, Path data) {
    String problem = store.problem();
    try {
      return new Storage(
          problem, DiskSpace.of(data), store.size(), bytes(data.resolve(BROKER_FOLDER)));
    } catch (IOException | UncheckedIOException e) {
      return new Storage(
          problem == null ? "the room on the disk cannot be asked: " + e : problem, null, 0, 0);
    }
  }

  private static long bytes(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
    }
  }

  static String version() {
    String version = Monitor.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** Two monitors in one folder would fight over broker and database. */
  private Path lock(Path data) throws MonitorException {
    try {
      Files.createDirectories(data);
      FileChannel channel =
          FileChannel.open(
              data.resolve("monitor.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      parts.push(channel);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new OverlappingFileLockException();
      }
      return data.toRealPath();
    } catch (OverlappingFileLockException e) {
      throw new MonitorException(
          "data folder '" + data + "' is in use by another monitor; stop it or choose another", e);
    } catch (IOException e) {
      throw new MonitorException(
          "data folder '" + data + "' cannot be used: " + e + "; check path, rights and free space",
          e);
    }
  }

  private static void provision(Credentials credentials, Map<String, Path> devices)
      throws IOException, MonitorException {
    for (Map.Entry<String, Path> device : devices.entrySet()) {
      try {
        if (!Files.exists(device.getValue()) || !credentials.devices().contains(device.getKey())) {
          Credentials.writePrivate(device.getValue(), credentials.add(device.getKey()) + "\n");
        }
      } catch (IllegalArgumentException e) {
        throw new MonitorException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private static MqttSettings.Builder external(BrokerSettings.External broker)
      throws MonitorException {
    try {
      String user = broker.user();
      Path passwordFile = broker.passwordFile();
      String id = user == null ? "stopline-monitor" : user;
      MqttSettings.Builder link =
          broker.allowPlain()
              ? MqttSettings.toAlsoUnencrypted(broker.uri(), id)
              : MqttSettings.to(broker.uri(), id);
      if (user != null && passwordFile != null) {
        // A file that others can read shows now and not with the first attempt to connect.
        PrivateFile.require(passwordFile);
        link.credentialFile(user, passwordFile);
      }
      if (broker.tls() != null) {
        broker.tls().context();
        link.tls(broker.tls());
      }
      return link;
    } catch (IllegalArgumentException | IOException | PemException e) {
      throw new MonitorException(String.valueOf(e.getMessage()), e);
    }
  }
}
