package io.stopline.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.agent.gpio.GpioMode;
import io.stopline.agent.outbox.OutboxSender;
import io.stopline.agent.outbox.OutboxWriter;
import io.stopline.config.Bundle;
import io.stopline.config.ConfigException;
import io.stopline.config.DeviceProfile;
import io.stopline.telemetry.MqttSettings;
import io.stopline.telemetry.OpenFiles;
import io.stopline.telemetry.PemException;
import io.stopline.telemetry.TlsSettings;
import io.stopline.telemetry.Topics;
import io.stopline.telemetry.VisibleText;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the agent. */
@Command(
    name = "stopline agent",
    mixinStandardHelpOptions = true,
    versionProvider = AgentCommand.VersionProvider.class,
    sortOptions = false,
    description =
        "Watch a camera, judge its signs, report incidents. Runs until Ctrl-C, SIGTERM or, with"
            + " --exit-when-done, the end of a finite source. A missing camera or broker is"
            + " reported and tried again.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:the source has ended and nothing waits any more",
      " 1:the source has ended, but incidents still wait for the monitor; they stay in the outbox",
      " 2:the command line or what it names is wrong",
      " 3:the agent or the machine failed",
      "130:ended by Ctrl-C (143: by SIGTERM), in good order"
    })
final class AgentCommand implements Callable<Integer> {

  private final PrintStream standardOutput;

  private static final Logger log = LoggerFactory.getLogger(AgentCommand.class);

  @Option(
      names = "--bundle",
      paramLabel = "NAME|DIR",
      defaultValue = "traffic-signs",
      description = "Models and policy. Default: ${DEFAULT-VALUE}")
  private String bundle = "traffic-signs";

  @Option(names = "--policy", paramLabel = "NAME", description = "Default: the bundle's default.")
  private @Nullable String policy;

  @Option(names = "--profile", paramLabel = "NAME", description = "Default: the bundle's default.")
  private @Nullable String profile;

  @Option(
      names = "--source",
      required = true,
      paramLabel = "URL|DIR|-",
      description =
          "What to watch: an MJPEG camera (http://…), a folder of images or a packed set (a folder"
              + " with index.csv), or '-' for standard input (JPEG files one behind the other, or"
              + " image files each behind its length as 4 bytes, big-endian).")
  private String source = "";

  @Option(
      names = "--source-credentials",
      paramLabel = "FILE",
      description =
          "User and password of the camera: username=… and password=…, one a line; mode 600.")
  private @Nullable Path sourceCredentials;

  @Option(
      names = "--stall-ms",
      paramLabel = "MS",
      defaultValue = "5000",
      description =
          "A camera without a picture for so long is opened again. Default: ${DEFAULT-VALUE}")
  private int stallMillis = 5000;

  @Option(
      names = "--decode-ms",
      paramLabel = "MS",
      description =
          "A picture that takes longer to decode is given up and counted, and the next one is taken;"
              + " the first may take ten times as long. Default: 2000 for a camera and standard"
              + " input, 30000 for a folder.")
  private @Nullable Integer decodeMillis;

  @Option(
      names = "--fps",
      paramLabel = "RATE",
      description =
          "Pace of a folder, packed set or standard input; 0 judges every frame as fast as it goes."
              + " Default: the profile's rate; standard input sets its own.")
  private @Nullable Double framesPerSecond;

  @Option(names = "--loop", description = "Start a folder or packed set again at its end.")
  private boolean loop;

  @Option(
      names = "--whole-image",
      description = "Each frame is one sign, cut out beforehand; each track of the source a track.")
  private boolean wholeImage;

  @Option(
      names = "--broker",
      paramLabel = "URL",
      description =
          "ssl://HOST:PORT, or tcp://HOST:PORT on this machine. Without one, incidents wait in the"
              + " outbox.")
  private @Nullable URI broker;

  @Option(
      names = "--allow-plain-mqtt",
      description =
          "Accept tcp:// to another machine: everybody on the way can read incidents and password.")
  private boolean allowPlainMqtt;

  @Option(
      names = "--device-id",
      paramLabel = "ID",
      description = "As the monitor knows the device. Default: the machine's name.")
  private @Nullable String deviceId;

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      description =
          "User and password for the broker: username=… and password=…, one a line, or the password"
              + " alone, when the user is the device id; mode 600.")
  private @Nullable Path credentials;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM certificates of the authorities to trust.")
  private @Nullable Path authorities;

  @Option(names = "--cert", paramLabel = "FILE", description = "PEM certificate of this device.")
  private @Nullable Path certificate;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "PEM private key of this device, PKCS#8; mode 600.")
  private @Nullable Path key;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      defaultValue = ".stopline/agent",
      description = "Outbox and seed key; one agent a folder. Default: ${DEFAULT-VALUE}")
  private Path state = Path.of(".stopline/agent");

  @Option(
      names = "--outbox-mib",
      paramLabel = "MIB",
      defaultValue = "256",
      description =
          "Cap on what waits for the monitor. When full, new incidents are refused and counted;"
              + " stored ones are kept. Default: ${DEFAULT-VALUE}")
  private int outboxMebibytes = 256;

  @Option(
      names = "--gpio",
      paramLabel = "MODE",
      defaultValue = "auto",
      description =
          "Heartbeat and alarm lamp: none, mock, gpiod, or auto (gpiod where there are pins, else"
              + " mock). Default: ${DEFAULT-VALUE}")
  private GpioMode gpio = GpioMode.AUTO;

  @Option(
      names = "--heartbeat-pin",
      paramLabel = "BCM",
      description = "Default: the profile's, else 17.")
  private @Nullable Integer heartbeatPin;

  @Option(
      names = "--alarm-pin",
      paramLabel = "BCM",
      description = "Default: the profile's, else 27.")
  private @Nullable Integer alarmPin;

  @Option(
      names = "--latitude",
      paramLabel = "DEG",
      description = "Where the device is, WGS 84. Default: the profile's place.")
  private @Nullable Double latitude;

  @Option(names = "--longitude", paramLabel = "DEG", description = "Goes with --latitude.")
  private @Nullable Double longitude;

  @Option(
      names = "--events",
      paramLabel = "FILE",
      description =
          "Write every decision as one JSON object a line ('-' for standard output): frames with"
              + " their tracks, incidents, ready and end.")
  private @Nullable String events;

  @Option(
      names = "--status-file",
      paramLabel = "FILE",
      description = "Keep the agent's state in this JSON file, replaced as a whole every second.")
  private @Nullable Path statusFile;

  @Option(
      names = "--ready",
      description = "Print one line of JSON on standard output once the agent runs.")
  private boolean ready;

  @Option(
      names = "--exit-when-done",
      description =
          "End once a finite source has ended and the monitor has acknowledged everything.")
  private boolean exitWhenDone;

  @Option(
      names = "--drain-seconds",
      paramLabel = "S",
      defaultValue = "60",
      description =
          "With --exit-when-done: wait at most so long for that. Default: ${DEFAULT-VALUE}")
  private int drainSeconds = 60;

  @Option(
      names = "--health-seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "Between health messages. Default: ${DEFAULT-VALUE}")
  private int healthSeconds = 5;

  /** Reads the version from the build. */
  static final class VersionProvider implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"stopline agent " + Version.current()};
    }
  }

  static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    if (e instanceof BadSetupException || e instanceof ConfigException) {
      say(command, e, "stopline agent: " + e.getMessage());
      return 2;
    }
    say(command, e, "stopline agent failed: " + e + "; the log says more");
    log.error("the agent failed", e);
    return 3;
  }

  private static void say(CommandLine command, Exception e, String message) {
    command.getErr().println(VisibleText.lines(OpenFiles.named(e, message)));
  }

  /**
   * @param standardOutput where {@code --ready} and {@code --events -} write
   */
  AgentCommand(PrintStream standardOutput) {
    this.standardOutput = standardOutput;
  }

  @Override
  public Integer call() throws InterruptedException {
    AgentSettings settings = settings();
    EventLog eventLog = new EventLog(eventStream());
    Agent agent;
    try {
      agent = new Agent(settings, System.in, eventLog);
    } catch (RuntimeException e) {
      eventLog.close();
      throw e;
    }
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    AtomicBoolean ending = new AtomicBoolean();
    Thread hook =
        new Thread(
            () -> {
              // On Ctrl-C or SIGTERM the JVM waits for this; on an ordinary end all is done
              // already.
              if (ending.compareAndSet(false, true)) {
                log.info("stopping");
                stop.countDown();
                try {
                  if (!stopped.await(20, TimeUnit.SECONDS)) {
                    log.error("the agent did not stop within 20 s");
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            },
            "stopline-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    int exit = 0;
    try (agent) {
      agent.start();
      announce(agent, eventLog);
      exit = run(agent, stop);
    } finally {
      if (statusFile != null) {
        writeStatus(agent.status());
      }
      ending.set(true);
      stopped.countDown();
    }
    return exit;
  }

  private void announce(Agent agent, EventLog eventLog) {
    ObjectNode node = agent.status();
    node.put("type", "ready");
    eventLog.write(node);
    if (ready) {
      standardOutput.println(node);
      standardOutput.flush();
    }
  }

  private int run(Agent agent, CountDownLatch stop) throws InterruptedException {
    long doneAt = 0;
    long nextStatus = System.nanoTime();
    while (!stop.await(100, TimeUnit.MILLISECONDS)) {
      long now = System.nanoTime();
      if (statusFile != null && now - nextStatus >= 0) {
        writeStatus(agent.status());
        nextStatus = now + 1_000_000_000L;
      }
      if (!exitWhenDone || !agent.isDone()) {
        continue;
      }
      if (agent.isDrained()) {
        return 0;
      }
      if (doneAt == 0) {
        doneAt = now;
        log.info("the source has ended; waiting for the monitor to acknowledge");
      } else if (now - doneAt > drainSeconds * 1_000_000_000L) {
        log.warn("incidents still wait for the monitor; they stay in the outbox");
        return 1;
      }
    }
    return 0;
  }

  private void writeStatus(ObjectNode status) {
    Path file = statusFile;
    if (file == null) {
      return;
    }
    try {
      Path part = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(part, status.toPrettyString() + "\n");
      try {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      log.warn("status file {} cannot be written: {}", file, e.toString());
    }
  }

  private OutputStream eventStream() {
    if (events == null) {
      return OutputStream.nullOutputStream();
    }
    if (events.equals("-")) {
      return standardOutput;
    }
    try {
      return Files.newOutputStream(Path.of(events));
    } catch (IOException e) {
      throw new BadSetupException(
          "events file '" + events + "' cannot be written (" + e + "); check --events");
    }
  }

  private AgentSettings settings() {
    check("--stall-ms", stallMillis, 100, 600_000);
    if (decodeMillis != null) {
      check("--decode-ms", decodeMillis, 10, 600_000);
    }
    check("--outbox-mib", outboxMebibytes, 1, 1 << 20);
    check("--health-seconds", healthSeconds, 1, 3600);
    check("--drain-seconds", drainSeconds, 0, 86_400);
    if (framesPerSecond != null && !(framesPerSecond >= 0 && framesPerSecond <= 1000)) {
      throw new BadSetupException("--fps is " + framesPerSecond + "; give 0 to 1000");
    }
    return new AgentSettings(
        device(),
        Bundle.locate(bundle),
        policy,
        profile,
        state,
        new SourceSettings(
            source, framesPerSecond, loop, sourceCredentials, stallMillis, decodeMillis),
        wholeImage,
        brokerSettings(),
        gpio,
        pin("--heartbeat-pin", heartbeatPin),
        pin("--alarm-pin", alarmPin),
        place(),
        (long) outboxMebibytes << 20,
        OutboxWriter.Spill.standard(),
        OutboxSender.Pace.standard(),
        Duration.ofSeconds(healthSeconds));
  }

  private static void check(String option, int value, int low, int high) {
    if (value < low || value > high) {
      throw new BadSetupException("%s is %d; give %d to %d".formatted(option, value, low, high));
    }
  }

  private static @Nullable Integer pin(String option, @Nullable Integer value) {
    if (value != null) {
      check(option, value, 0, 63);
    }
    return value;
  }

  private String device() {
    String id = deviceId;
    if (id == null) {
      try {
        id = InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        throw new BadSetupException("the machine has no name; give --device-id");
      }
    }
    try {
      return Topics.requireDeviceId(id);
    } catch (IllegalArgumentException e) {
      throw new BadSetupException(e.getMessage() + " (--device-id)");
    }
  }

  private DeviceProfile.@Nullable Place place() {
    if (latitude == null && longitude == null) {
      return null;
    }
    if (latitude == null
        || longitude == null
        || !(Math.abs(latitude) <= 90)
        || !(Math.abs(longitude) <= 180)) {
      throw new BadSetupException(
          "place is %s, %s; give --latitude -90 to 90 and --longitude -180 to 180"
              .formatted(latitude, longitude));
    }
    return new DeviceProfile.Place(latitude, longitude);
  }

  private @Nullable MqttSettings brokerSettings() {
    URI uri = broker;
    if (uri == null) {
      if (credentials != null || authorities != null || certificate != null || key != null) {
        throw new BadSetupException("credentials or certificates need a --broker");
      }
      return null;
    }
    try {
      String device = device();
      MqttSettings.Builder builder =
          (allowPlainMqtt
                  ? MqttSettings.toAlsoUnencrypted(uri, device)
                  : MqttSettings.to(uri, device))
              .maxInFlight(OutboxSender.Pace.standard().window() + 16);
      if (credentials != null) {
        SecretFiles.Credentials secret = SecretFiles.credentials(credentials);
        builder.credential(
            secret.user().isEmpty() ? device : secret.user(), secret.password().toCharArray());
      }
      if (authorities != null || certificate != null || key != null) {
        if (key != null) {
          SecretFiles.requirePrivate(key);
        }
        TlsSettings tls = new TlsSettings(authorities, certificate, key);
        // A broken file shows now and not with the first attempt to connect.
        tls.context();
        builder.tls(tls);
      }
      return builder.build();
    } catch (IllegalArgumentException | PemException e) {
      throw new BadSetupException(String.valueOf(e.getMessage()));
    }
  }
}
