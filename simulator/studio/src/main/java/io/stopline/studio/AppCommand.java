package io.stopline.studio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * Lists an application of its own in this command line's help. The launcher starts such an
 * application directly; only where this class is called without the launcher does it start the
 * process itself.
 */
abstract class AppCommand implements Callable<Integer> {

  private final Apps.App app;

  @Unmatched private List<String> arguments = new ArrayList<>();

  AppCommand(Apps.App app) {
    this.app = app;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Process process = Apps.process(app, arguments).inheritIO().start();
    Thread stopTogether = new Thread(process::destroy, "stop-" + app);
    Runtime.getRuntime().addShutdownHook(stopTogether);
    return process.waitFor();
  }

  /** {@code stopline agent}. */
  @Command(
      name = "agent",
      description = "Watch a camera, judge its signs, report incidents (runs on the vehicle).")
  static final class Agent extends AppCommand {
    Agent() {
      super(Apps.App.AGENT);
    }
  }

  /** {@code stopline monitor}. */
  @Command(
      name = "monitor",
      description = "Gather the fleet's incidents; a local page shows them for review.")
  static final class Monitor extends AppCommand {
    Monitor() {
      super(Apps.App.MONITOR);
    }
  }
}
