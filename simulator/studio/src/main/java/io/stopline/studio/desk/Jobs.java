package io.stopline.studio.desk;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The commands that were started on the page. Thread-safe. */
final class Jobs implements AutoCloseable {

  /** Each takes the machine for itself. */
  private static final int AT_A_TIME = 4;

  private final Function<List<String>, ProcessBuilder> stopline;
  private final List<Job> jobs = new ArrayList<>();

  /**
   * @param stopline what runs {@code stopline} with these arguments as a process
   */
  Jobs(Function<List<String>, ProcessBuilder> stopline) {
    this.stopline = stopline;
  }

  /**
   * Starts a command.
   *
   * @param results what it will have written: the path by what it is
   * @throws RefusedException if enough are running
   */
  synchronized Job start(String title, List<String> arguments, Map<String, String> results) {
    if (jobs.stream().filter(Job::isRunning).count() >= AT_A_TIME) {
      throw new RefusedException(
          "%d commands are running; wait for one, or stop one".formatted(AT_A_TIME));
    }
    try {
      Job job = new Job(jobs.size() + 1, title, arguments, results, stopline.apply(arguments));
      jobs.add(job);
      return job;
    } catch (IOException e) {
      throw new UncheckedIOException("the command cannot be started: " + e.getMessage(), e);
    }
  }

  /**
   * A command by its number.
   *
   * @throws RefusedException if there is none
   */
  synchronized Job get(int number) {
    if (number < 1 || number > jobs.size()) {
      throw new RefusedException("there is no command " + number);
    }
    return jobs.get(number - 1);
  }

  /** All of them, the newest first. */
  synchronized ArrayNode toJson() {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (int i = jobs.size() - 1; i >= 0; i--) {
      all.add(jobs.get(i).toJson());
    }
    return all;
  }

  @Override
  public synchronized void close() {
    jobs.forEach(Job::close);
  }
}
