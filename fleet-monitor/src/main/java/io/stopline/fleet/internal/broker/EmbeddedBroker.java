package io.stopline.fleet.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import io.stopline.fleet.internal.rate.DeviceLoads;
import io.stopline.telemetry.MessageCodec;
import io.stopline.telemetry.MqttSettings;
import io.stopline.telemetry.OpenFiles;
import io.stopline.telemetry.PemException;
import io.stopline.telemetry.PrivateFile;
import io.stopline.telemetry.TlsSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HiveMQ CE in this process, on loopback only. It keeps sessions, retained messages and queues in
 * memory: what must not be lost waits in the agents' outboxes for the monitor's own word.
 */
public final class EmbeddedBroker implements AutoCloseable {

  static final String PLAIN_LISTENER = "plain";

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final long START_SECONDS = 120;
  private static final String HOST = "127.0.0.1";

  /**
   * With its files the monitor has 1,350 open before a device has connected. With too few the
   * broker does not fail but waits for ever.
   */
  private static final int OPEN_FILES = 1500;

  private final EmbeddedHiveMQ broker;
  private final int devicePort;
  private final int plainPort;
  private final String monitorPassword;
  private final boolean tls;

  private EmbeddedBroker(
      EmbeddedHiveMQ broker, int devicePort, int plainPort, String monitorPassword, boolean tls) {
    this.broker = broker;
    this.devicePort = devicePort;
    this.plainPort = plainPort;
    this.monitorPassword = monitorPassword;
    this.tls = tls;
  }

  /**
   * Starts a broker; blocks until it listens.
   *
   * @param folder for its files
   * @param port for devices; 0 for any that is free
   * @param credentials of the devices
   * @param tls own certificate and key, and as authorities those of the devices' certificates,
   *     which are then required; null for plain TCP and passwords
   * @param loads hears of devices that publish more than their share
   * @throws BrokerException if it cannot start
   */
  public static EmbeddedBroker start(
      Path folder, int port, Credentials credentials, @Nullable TlsSettings tls, DeviceLoads loads)
      throws BrokerException {
    String shortage = OpenFiles.shortage("the embedded broker", OPEN_FILES);
    if (shortage != null) {
      throw new BrokerException(shortage, null);
    }
    try {
      int devicePort = port == 0 ? freePort() : requireFree(port);
      int plainPort = tls == null ? devicePort : freePort();
      Path configuration = Files.createDirectories(folder.resolve("conf"));
      Path data = Files.createDirectories(folder.resolve("data"));
      forget(data.resolve("persistence"));
      Path extensions = Files.createDirectories(folder.resolve("extensions"));
      String listeners = "";
      if (tls != null) {
        listeners = tlsListener(configuration, devicePort, tls);
      }
      PrivateFile.write(
          configuration.resolve("config.xml"), configuration(listeners, plainPort).getBytes(UTF_8));
      String password = secret();
      FleetExtension extension = new FleetExtension(credentials, password, tls != null, loads);
      EmbeddedHiveMQ broker =
          EmbeddedHiveMQ.builder()
              .withConfigurationFolder(configuration)
              .withDataFolder(data)
              .withExtensionsFolder(extensions)
              .withEmbeddedExtension(
                  EmbeddedExtension.builder()
                      .withId("stopline-fleet")
                      .withName("Stopline fleet access")
                      .withVersion("1")
                      .withAuthor("Stopline")
                      .withExtensionMain(extension)
                      .build())
              .withoutLoggingBootstrap()
              .build();
      broker.start().get(START_SECONDS, TimeUnit.SECONDS);
      return new EmbeddedBroker(broker, devicePort, plainPort, password, tls != null);
    } catch (IOException | PemException | GeneralSecurityException e) {
      throw new BrokerException("the embedded broker cannot start: " + e.getMessage(), e);
    } catch (ExecutionException | TimeoutException e) {
      throw new BrokerException(
          "the embedded broker did not start: "
              + e
              + "; its files are in '"
              + folder
              + "', which may be moved away if they are damaged",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted while the embedded broker started", e);
    }
  }

  /** Deletes what brokers of before kept on disk; nothing in it is needed, and it may be much. */
  private static void forget(Path former) throws IOException {
    if (!Files.isDirectory(former)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> files = Files.walk(former)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
    LOG.info("deleted '{}', the files of a broker of before", former);
  }

  /** The embedded broker cannot start; the text says why. */
  public static final class BrokerException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokerException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Where devices connect. */
  public URI uri() {
    return URI.create((tls ? "ssl://" : "tcp://") + HOST + ":" + devicePort);
  }

  /** How the monitor itself connects. */
  public MqttSettings.Builder monitorSettings() {
    return MqttSettings.to(URI.create("tcp://" + HOST + ":" + plainPort), FleetExtension.MONITOR)
        .credential(FleetExtension.MONITOR, monitorPassword.toCharArray());
  }

  @Override
  public void close() {
    try {
      broker.stop().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // The process is ending; what the broker keeps on disk is made to survive that.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String configuration(String listeners, int plainPort) {
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <hivemq>
          <listeners>
            %s
            <tcp-listener>
              <port>%d</port>
              <bind-address>%s</bind-address>
              <name>%s</name>
            </tcp-listener>
          </listeners>
          <mqtt>
            <!-- The default drops bursts. -->
            <queued-messages><max-queue-size>4000</max-queue-size></queued-messages>
            <!-- So many publishes of one device wait at most; an agent has 64 under way. -->
            <receive-maximum><server-receive-maximum>100</server-receive-maximum></receive-maximum>
            <packets><max-packet-size>%d</max-packet-size></packets>
          </mqtt>
          <restrictions>
            <max-connections>10000</max-connections>
            <no-connect-idle-timeout>5000</no-connect-idle-timeout>
            <max-topic-length>256</max-topic-length>
          </restrictions>
          <security>
            <allow-empty-client-id><enabled>false</enabled></allow-empty-client-id>
          </security>
          <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
          <persistence><mode>in-memory</mode></persistence>
        </hivemq>
        """
        .formatted(
            listeners,
            plainPort,
            HOST,
            PLAIN_LISTENER,
            MessageCodec.MAX_INCIDENT_BYTES + 64 * 1024);
  }

  private static String tlsListener(Path folder, int port, TlsSettings tls)
      throws PemException, GeneralSecurityException, IOException {
    Path certificate = tls.certificate();
    Path key = tls.key();
    Path authorities = tls.authorities();
    if (certificate == null || key == null || authorities == null) {
      throw new IOException(
          "TLS needs the broker's certificate, its key and the authority of the devices");
    }
    String password = secret();
    Path keys = folder.resolve("broker.jks");
    Path trust = folder.resolve("devices.jks");
    save(TlsSettings.keyStore(certificate, key, password.toCharArray()), keys, password);
    save(TlsSettings.trustStore(authorities), trust, password);
    return """
        <tls-tcp-listener>
              <port>%d</port>
              <bind-address>%s</bind-address>
              <name>tls</name>
              <tls>
                <protocols><protocol>TLSv1.3</protocol><protocol>TLSv1.2</protocol></protocols>
                <keystore>
                  <path>%s</path><password>%s</password>
                  <private-key-password>%s</private-key-password>
                </keystore>
                <truststore><path>%s</path><password>%s</password></truststore>
                <client-authentication-mode>REQUIRED</client-authentication-mode>
              </tls>
            </tls-tcp-listener>"""
        .formatted(
            port,
            HOST,
            xml(keys.toAbsolutePath()),
            password,
            password,
            xml(trust.toAbsolutePath()),
            password);
  }

  private static String xml(Path path) {
    return path.toString().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** HiveMQ reads JKS files only. */
  private static void save(KeyStore from, Path file, String password)
      throws GeneralSecurityException, IOException {
    char[] secret = password.toCharArray();
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    for (String alias : Collections.list(from.aliases())) {
      if (from.isKeyEntry(alias)) {
        store.setKeyEntry(
            alias, from.getKey(alias, secret), secret, from.getCertificateChain(alias));
      } else {
        store.setCertificateEntry(alias, from.getCertificate(alias));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.store(out, secret);
    PrivateFile.write(file, out.toByteArray());
  }

  private static String secret() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static int requireFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IOException(
          "MQTT port " + port + " is taken (" + e.getMessage() + "); choose another, or 0 for any",
          e);
    }
  }
}
