package io.stopline.evaluation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a figure was measured on. */
public final class Hardware {

  private Hardware() {}

  /** Processor, cores that this process may use, memory, operating system and Java. */
  public static ObjectNode describe() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("cpu", cpu())
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("memoryBytes", memoryBytes())
        .put("architecture", System.getProperty("os.arch"))
        .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
        .put(
            "java",
            System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
  }

  private static String cpu() {
    Path file = Path.of("/proc/cpuinfo");
    if (Files.isReadable(file)) {
      try (Stream<String> lines = Files.lines(file)) {
        return lines
            .filter(line -> line.startsWith("model name") || line.startsWith("Model"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown");
      } catch (IOException e) {
        return "unknown";
      }
    }
    return "unknown";
  }

  private static long memoryBytes() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : -1;
  }
}
