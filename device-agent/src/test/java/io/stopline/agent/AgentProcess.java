package io.stopline.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The agent as the process that it is. */
final class AgentProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  final Process process;
  private final Path status;
  private final Path events;
  private final Path log;

  AgentProcess(Path folder, String... arguments) throws IOException {
    Files.createDirectories(folder);
    status = folder.resolve("status.json");
    Files.deleteIfExists(status);
    events = folder.resolve("events.jsonl");
    log = folder.resolve("agent.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx384m",
            "-XX:TieredStopAtLevel=1",
            "-Djava.awt.headless=true",
            "-cp",
            System.getProperty("java.class.path").replace(':', File.pathSeparatorChar),
            "io.stopline.agent.AgentMain",
            "--gpio=mock",
            "--health-seconds=1",
            "--state=" + folder.resolve("state"),
            "--status-file=" + status,
            "--events=" + events));
    command.addAll(List.of(arguments));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  String log() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  /** Waits until the status file says so. */
  JsonNode await(String what, Predicate<JsonNode> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
    JsonNode last = JSON.createObjectNode();
    while (true) {
      if (Files.exists(status)) {
        last = JSON.readTree(status.toFile());
        if (condition.test(last)) {
          return last;
        }
      }
      if (System.nanoTime() > deadline || !process.isAlive()) {
        throw new AssertionError(
            "waited for: %s; alive %s, status %s, log:%n%s"
                .formatted(what, process.isAlive(), last.toPrettyString(), log()));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  List<JsonNode> events(String type) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    for (String line : Files.readAllLines(events)) {
      JsonNode node = JSON.readTree(line);
      if (node.path("type").asText().equals(type)) {
        found.add(node);
      }
    }
    return found;
  }

  /** Log, events and status. */
  String everythingWritten() throws IOException {
    StringBuilder all = new StringBuilder(log());
    for (Path file : List.of(events, status)) {
      all.append(Files.exists(file) ? Files.readString(file) : "");
    }
    return all.toString();
  }

  int awaitExit() throws Exception {
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("agent ends; log:%n%s", log()).isTrue();
    return process.exitValue();
  }

  /** SIGTERM. */
  int stop() throws Exception {
    process.destroy();
    return awaitExit();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
