package io.stopline.studio;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts Stopline's other applications as the processes of their own that they are, each with its
 * own class path, on the Java that runs this one.
 */
public final class Apps {

  /** An application that is started as a process, with the memory that the launcher gives it. */
  public enum App {
    AGENT(
        "device-agent",
        "io.stopline.agent.AgentMain",
        "-Xms64m -Xmx384m -XX:NewSize=24m -XX:+UseSerialGC"),
    MONITOR("fleet-monitor", "io.stopline.fleet.MonitorMain", "-Xmx768m");

    private final String folder;
    private final String mainClass;
    private final String memory;

    App(String folder, String mainClass, String memory) {
      this.folder = folder;
      this.mainClass = mainClass;
      this.memory = memory;
    }
  }

  private static final List<String> CACHES =
      List.of(
          "org.bytedeco.javacpp.cachedir",
          "DJL_CACHE_DIR",
          "jna.tmpdir",
          "org.sqlite.tmpdir",
          "io.netty.native.workdir",
          "java.io.tmpdir");

  private Apps() {}

  /**
   * The command that starts an application; redirect its streams, then start it.
   *
   * @throws BadInputException if the application was not built
   */
  public static ProcessBuilder process(App app, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    if (Runtime.version().feature() >= 24) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(cacheOptions());
    Path root = root();
    command.addAll(List.of(app.memory.split(" ", -1)));
    command.addAll(
        List.of(
            "-Djava.awt.headless=true",
            "-Dstopline.root=" + root,
            "-cp",
            classPath(root, app),
            app.mainClass));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** This very program with other arguments, as a process of its own with the same memory. */
  public static ProcessBuilder ownProcess(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.matches("-X.*|-D.*|--enable-native-access.*|--sun-misc.*"))
        .filter(argument -> !argument.matches("-Dstopline\\.(terminal|root)=.*"))
        .forEach(command::add);
    command.add("-Dstopline.root=" + root());
    command.add("-Dstopline.progress.millis=1000");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** Where native libraries are unpacked, for a child: as the launcher said, if it did. */
  public static List<String> cacheOptions() {
    return CACHES.stream()
        .filter(name -> System.getProperty(name) != null)
        .map(name -> "-D" + name + "=" + System.getProperty(name))
        .toList();
  }

  /** Where Stopline lies: what the launcher says, else the working folder. */
  public static Path root() {
    return Path.of(System.getProperty("stopline.root", "")).toAbsolutePath().normalize();
  }

  private static String classPath(Path root, App app) {
    Path target = root.resolve(app.folder).resolve("target");
    Path file = target.resolve("classpath.txt");
    try {
      return target.resolve("classes") + File.pathSeparator + Files.readString(file).strip();
    } catch (IOException e) {
      throw new BadInputException(
          "'%s' cannot be read (%s); build first: ./stopline doctor, or mvn -Pquick package"
              .formatted(file, Failures.reason(e)),
          e);
    }
  }
}
