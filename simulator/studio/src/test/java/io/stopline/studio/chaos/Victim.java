package io.stopline.studio.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A process that is started, killed and started again. */
final class Victim implements AutoCloseable {

  private final String name;
  private final Path log;
  private final Supplier<List<String>> command;
  private final Callable<Boolean> ready;
  private @Nullable Process process;
  private int kills;

  /**
   * @param command asked anew for each start
   * @param ready whether it does its work; asked until it says yes
   */
  Victim(String name, Path log, Supplier<List<String>> command, Callable<Boolean> ready) {
    this.name = name;
    this.log = log;
    this.command = command;
    this.ready = ready;
  }

  void start() throws IOException {
    process =
        new ProcessBuilder(command.get())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  Process process() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return running;
  }

  void awaitReady() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!ready.call()) {
      if (System.nanoTime() > deadline || !process().isAlive()) {
        throw new AssertionError(
            name + " is not ready, alive: " + process().isAlive() + ", log:\n" + log());
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** SIGKILL: no hook, no flush, no farewell. */
  void kill() throws InterruptedException {
    process().destroyForcibly().waitFor();
    kills++;
  }

  int kills() {
    return kills;
  }

  String log() throws IOException {
    String text = Files.exists(log) ? Files.readString(log) : "";
    return text.length() > 6000 ? text.substring(text.length() - 6000) : text;
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }

  /** A command that starts a Java program on this class path. */
  static List<String> java(String heap, String... mainAndArguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            heap,
            "-XX:TieredStopAtLevel=1",
            "-Djava.awt.headless=true",
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(List.of(mainAndArguments));
    return command;
  }
}
