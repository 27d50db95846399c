package io.stopline.fleet;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.fleet.MonitorSettings.BrokerSettings;
import io.stopline.fleet.internal.broker.Credentials;
import io.stopline.telemetry.OpenFiles;
import io.stopline.telemetry.TlsSettings;
import io.stopline.telemetry.Topics;
import io.stopline.telemetry.VisibleText;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The monitor's command line. Exit codes: 0 ended as asked, 1 cannot start, 2 wrong usage. */
@Command(
    name = "monitor",
    mixinStandardHelpOptions = true,
    versionProvider = MonitorMain.Version.class,
    sortOptions = false,
    description = {
      "Receives incidents over MQTT, keeps them, and shows them on a page on loopback.",
      "Prints one line of JSON when ready: page, broker, their ports. Ctrl-C ends it."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:ended as asked", "1:cannot start; the reason is on stderr", "2:wrong usage"},
    subcommands = MonitorMain.CredentialCommand.class)
public final class MonitorMain implements Callable<Integer> {

  private static final long MAX_QUOTA_MIB = 1L << 30;

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".stopline/monitor",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Folder for database, credentials and broker files (${DEFAULT-VALUE}).")
  private Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8088",
      description = "Port of the page, on loopback; 0 for any free one (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--mqtt-port",
      paramLabel = "PORT",
      defaultValue = "1883",
      description =
          "Port of the embedded broker, on loopback; 0 for any free one (${DEFAULT-VALUE}).")
  private int mqttPort;

  @Option(
      names = "--tls-certificate",
      paramLabel = "PEM",
      description = "Certificate of the embedded broker; switches it to TLS.")
  private @Nullable Path tlsCertificate;

  @Option(names = "--tls-key", paramLabel = "PEM", description = "Its private key, PKCS#8.")
  private @Nullable Path tlsKey;

  @Option(
      names = "--tls-device-authority",
      paramLabel = "PEM",
      description = "Authority that issued the devices' certificates, which are then required.")
  private @Nullable Path tlsDeviceAuthority;

  @Option(
      names = "--broker",
      paramLabel = "URI",
      description =
          "Use this broker (ssl://host:port, or tcp://host:port on this machine) and none of our"
              + " own; see the README for its access rules.")
  private @Nullable URI broker;

  @Option(
      names = "--allow-plain-mqtt",
      description =
          "Accept tcp:// to a broker on another machine: everybody on the way can read incidents and"
              + " passwords.")
  private boolean allowPlainMqtt;

  @Option(
      names = "--broker-user",
      paramLabel = "NAME",
      description = "The monitor's user name and client id at that broker.")
  private @Nullable String brokerUser;

  @Option(names = "--broker-password-file", paramLabel = "FILE", description = "Its password.")
  private @Nullable Path brokerPasswordFile;

  @Option(
      names = "--broker-authority",
      paramLabel = "PEM",
      description = "Authority that issued that broker's certificate.")
  private @Nullable Path brokerAuthority;

  @Option(
      names = "--broker-certificate",
      paramLabel = "PEM",
      description = "The monitor's own certificate at that broker.")
  private @Nullable Path brokerCertificate;

  @Option(names = "--broker-key", paramLabel = "PEM", description = "Its private key, PKCS#8.")
  private @Nullable Path brokerKey;

  @Option(
      names = "--reviewer",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Name under which reviews are kept when the page gives no other (the OS user).")
  private String reviewer;

  @Option(
      names = "--provision",
      paramLabel = "DEVICE=FILE",
      description =
          "Give a device a password at the start and write it to FILE, unless it has one and FILE"
              + " exists. May be repeated.")
  private @Nullable Map<String, Path> provision;

  @Option(
      names = "--device-quota",
      paramLabel = "MIB",
      defaultValue = "1024",
      description =
          "So much of the database may be filled by one device's incidents; what does not fit waits"
              + " on board (${DEFAULT-VALUE} MiB).")
  private long deviceQuota;

  @Option(
      names = "--ready-file",
      paramLabel = "FILE",
      description = "Write the line of JSON to FILE as well, in one piece, when ready.")
  private @Nullable Path readyFile;

  /** The version that {@code --version} shows. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"stopline monitor " + Monitor.version()};
    }
  }

  /** Runs until Ctrl-C. */
  public static void main(String[] arguments) {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "io/stopline/fleet/logback.xml");
    }
    System.exit(new CommandLine(new MonitorMain()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Monitor monitor;
    try {
      monitor = Monitor.start(settings());
    } catch (MonitorException e) {
      err.println("monitor: " + VisibleText.lines(OpenFiles.named(e, "" + e.getMessage())));
      return 1;
    }
    CountDownLatch ended = new CountDownLatch(1);
    Thread onExit =
        new Thread(
            () -> {
              monitor.close();
              ended.countDown();
              // Ended as asked; a JVM that a signal ends would say 130 or 143.
              Runtime.getRuntime().halt(0);
            },
            "monitor-end");
    Runtime.getRuntime().addShutdownHook(onExit);
    try {
      announce(monitor);
    } catch (IOException e) {
      Runtime.getRuntime().removeShutdownHook(onExit);
      monitor.close();
      err.println("monitor: ready file cannot be written: " + e);
      return 1;
    }
    ended.await();
    return 0;
  }

  private void announce(Monitor monitor) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode ready = mapper.createObjectNode();
    ready.put("page", monitor.page().toString());
    ready.put("pagePort", monitor.page().getPort());
    ready.put("broker", monitor.broker().toString());
    ready.put("mqttPort", monitor.broker().getPort());
    ready.put("pid", ProcessHandle.current().pid());
    String line = mapper.writeValueAsString(ready);
    if (readyFile != null) {
      Path folder = readyFile.toAbsolutePath().getParent();
      Path fresh = Files.createTempFile(folder, ".ready", "");
      Files.writeString(fresh, line + "\n");
      Files.move(
          fresh, readyFile, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  private MonitorSettings settings() {
    requirePort("--port", port);
    requirePort("--mqtt-port", mqttPort);
    BrokerSettings chosen;
    try {
      if (broker == null) {
        if (brokerUser != null
            || brokerPasswordFile != null
            || brokerAuthority != null
            || brokerCertificate != null
            || brokerKey != null) {
          throw usage("--broker-… options need --broker");
        }
        boolean tls = tlsCertificate != null || tlsKey != null || tlsDeviceAuthority != null;
        if (tls && (tlsCertificate == null || tlsKey == null || tlsDeviceAuthority == null)) {
          throw usage("--tls-certificate, --tls-key and --tls-device-authority go together");
        }
        chosen =
            new BrokerSettings.Embedded(
                mqttPort, tls ? new TlsSettings(tlsDeviceAuthority, tlsCertificate, tlsKey) : null);
      } else {
        if ((brokerUser == null) != (brokerPasswordFile == null)) {
          throw usage("--broker-user and --broker-password-file go together");
        }
        boolean tls = brokerAuthority != null || brokerCertificate != null || brokerKey != null;
        chosen =
            new BrokerSettings.External(
                broker,
                brokerUser,
                brokerPasswordFile,
                tls ? new TlsSettings(brokerAuthority, brokerCertificate, brokerKey) : null,
                allowPlainMqtt);
      }
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
    Map<String, Path> devices = new LinkedHashMap<>();
    if (provision != null) {
      devices.putAll(provision);
    }
    String name = reviewer.strip();
    if (deviceQuota < 1 || deviceQuota > MAX_QUOTA_MIB) {
      throw usage("--device-quota " + deviceQuota + " is not within 1 to " + MAX_QUOTA_MIB);
    }
    return new MonitorSettings(
        data, port, chosen, name.isEmpty() ? "reviewer" : name, devices, deviceQuota << 20);
  }

  private void requirePort(String name, int value) {
    if (value < 0 || value > 65_535) {
      throw usage(name + " " + value + " is no port; give 0 to 65535");
    }
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  /** The devices' passwords. */
  @Command(
      name = "credential",
      mixinStandardHelpOptions = true,
      description = "Passwords of devices at the embedded broker; a running monitor sees changes.",
      subcommands = CommandLine.HelpCommand.class)
  static final class CredentialCommand implements Runnable {

    @ParentCommand private MonitorMain parent;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "say 'add DEVICE', 'remove DEVICE' or 'list'");
    }

    @Command(description = "Gives a device a new password and prints it, once.")
    int add(
        @Parameters(paramLabel = "DEVICE") String device,
        @Option(
                names = "--secret-file",
                paramLabel = "FILE",
                description = "Write it to FILE, readable by its owner only, and print nothing.")
            @Nullable Path secretFile) {
      if (!Topics.isDeviceId(device)) {
        return fail("'" + device + "' is no device id: " + Topics.DEVICE_ID_PATTERN);
      }
      try {
        String password = credentials().add(device);
        if (secretFile == null) {
          spec.commandLine().getOut().println(password);
        } else {
          Credentials.writePrivate(secretFile, password + "\n");
        }
        return 0;
      } catch (IOException e) {
        return fail(String.valueOf(e.getMessage()));
      }
    }

    @Command(description = "Ends a device's password.")
    int remove(@Parameters(paramLabel = "DEVICE") String device) {
      try {
        return credentials().remove(device) ? 0 : fail("device '" + device + "' has no password");
      } catch (IOException e) {
        return fail(String.valueOf(e.getMessage()));
      }
    }

    @Command(description = "Lists the devices that have a password.")
    int list() {
      try {
        credentials().devices().forEach(spec.commandLine().getOut()::println);
        return 0;
      } catch (IOException e) {
        return fail(String.valueOf(e.getMessage()));
      }
    }

    private Credentials credentials() {
      return new Credentials(Monitor.credentialFile(parent.data));
    }

    private int fail(String message) {
      spec.commandLine().getErr().println("monitor credential: " + VisibleText.of(message));
      return 1;
    }
  }
}
