package io.stopline.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stopline.config.Bundle;
import io.stopline.evaluation.Report;
import io.stopline.studio.demo.Demo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline demo}. */
@Command(
    name = "demo",
    description = {
      "See it work: a camera, an agent, a broker and a monitor as real processes on this machine.",
      "",
      "The camera films a drive up to a stop sign, first clean, then with black and white stickers"
          + " on it. The clean sign must raise nothing, the altered one exactly one incident, stored"
          + " by the monitor and acknowledged. Without --headless the monitor's page stays open"
          + " until Ctrl-C.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:both drives went as expected",
      "1:they did not: a false alarm, or the altered sign was not noticed",
      "2:wrong usage or bad input",
      "3:Stopline or the machine failed"
    })
final class DemoCommand implements Callable<Integer> {

  /**
   * Seed n films scene n + 16. Of the first 24 scenes this makes the default one of those in which
   * the guard notices most clearly; docs/demo.md has the figures of all 24.
   */
  private static final long SCENE_BEFORE_FIRST = 16;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Mixin private CommonOptions common;

  @Option(names = "--headless", description = "End when both drives are over; open no browser.")
  private boolean headless;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the report here, and the incident beside it for 'stopline replay'.")
  private @Nullable Path report;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Show the photographs of a real stop sign of this data set instead of a drawn one.")
  private @Nullable Path data;

  @Option(
      names = "--keep",
      description = "Keep the folder with logs, databases and events, and say where it is.")
  private boolean keep;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    Bundle bundle = Bundle.load(Bundle.locate(BundleOptions.SHIPPED));
    Path folder = Files.createTempDirectory("stopline-demo").toAbsolutePath();
    Demo demo =
        new Demo(
            new Demo.Settings(
                folder,
                common.seed() + SCENE_BEFORE_FIRST,
                Bundle.locate(BundleOptions.SHIPPED).toAbsolutePath().toString(),
                bundle,
                data,
                arguments -> Apps.process(Apps.App.AGENT, arguments),
                arguments -> Apps.process(Apps.App.MONITOR, arguments)),
            step -> console.note("  %s", step));
    // Whatever ends this process, its children end with it.
    Thread stop =
        new Thread(
            () -> {
              demo.close();
              tidy(folder, console);
            },
            "stop-demo");
    Runtime.getRuntime().addShutdownHook(stop);
    demo.run();
    boolean asExpected = judge(console, demo);
    Path incident = write(console, demo, bundle, asExpected);
    tell(console, incident, asExpected);
    if (!headless) {
      stayOpen(console, demo);
    }
    return asExpected ? ExitCode.OK : ExitCode.FOUND;
  }

  private static boolean judge(Console console, Demo demo) {
    boolean good = true;
    for (Demo.Drive d : demo.drives()) {
      int expected = d.attacked() ? 1 : 0;
      good &= d.incidentsSent() == expected && d.incidentsStored() == expected;
    }
    console.say("");
    console.say("Sign: %s", demo.signTitle());
    console.say("Alteration: %s", demo.howStickersWereChosen());
    console.say("");
    console.say(
        "%-9s %7s %21s %17s %9s %10s",
        "drive", "judged", "errors of bare model", "errors accepted", "suspect", "incidents");
    for (Demo.Drive d : demo.drives()) {
      console.say(
          "%-9s %7d %21s %17d %9d %10s",
          d.name(),
          d.framesInspected(),
          d.undefendedErrors() + " of " + d.undefendedFrames(),
          d.acceptedErrors(),
          d.suspectFrames(),
          d.incidentsStored() + " stored");
    }
    console.say("");
    return good;
  }

  private @Nullable Path write(Console console, Demo demo, Bundle bundle, boolean asExpected)
      throws IOException {
    Report json = new Report("demo", common.seed());
    BundleOptions.hashes(json, bundle, bundle.policy(null));
    json.warn(
        "a demonstration on one sign, no measurement of robustness: the stickers were searched"
            + " against one model that knows no guard");
    ArrayNode drives = JsonNodeFactory.instance.arrayNode();
    for (Demo.Drive d : demo.drives()) {
      drives
          .addObject()
          .put("name", d.name())
          .put("attacked", d.attacked())
          .put("frames", d.frames())
          .put("framesJudged", d.framesJudged())
          .put("framesInspected", d.framesInspected())
          .put("undefendedErrors", d.undefendedErrors())
          .put("undefendedFrames", d.undefendedFrames())
          .put("acceptedErrors", d.acceptedErrors())
          .put("suspectFrames", d.suspectFrames())
          .put("incidentsSent", d.incidentsSent())
          .put("incidentsStored", d.incidentsStored());
    }
    json.put("drives", drives);
    json.fields()
        .put("sign", demo.signTitle())
        .put("undefendedModel", demo.bareModel())
        .put("alteration", demo.howStickersWereChosen())
        .put("asExpected", asExpected);
    Path incidentFile = null;
    Path target = report;
    if (target != null) {
      Path absolute = target.toAbsolutePath();
      Path parent = absolute.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      JsonNode incident = demo.incident().orElse(null);
      if (incident != null) {
        String name = String.valueOf(absolute.getFileName()).replaceFirst("\\.json$", "");
        incidentFile = absolute.resolveSibling(name + "-incident.json");
        Files.write(incidentFile, JSON.writeValueAsBytes(incident));
        json.fields().put("incidentFile", incidentFile.toString());
      }
      Files.write(absolute, JSON.writeValueAsBytes(json.toJson()));
    }
    console.report(json.toJson());
    return incidentFile;
  }

  private static void tell(Console console, @Nullable Path incident, boolean asExpected) {
    console.say(
        asExpected
            ? "As expected: the clean sign raised nothing, the altered one one incident, stored and"
                + " acknowledged."
            : "NOT as expected: the clean sign should raise nothing and the altered one exactly one"
                + " incident. Another --seed films another scene; the report has the figures.");
    if (incident != null) {
      console.say("Incident saved; repeat its verdicts: ./stopline replay %s", incident);
    }
  }

  private void stayOpen(Console console, Demo demo) {
    console.say("The fleet monitor's page: %s   (Ctrl-C ends everything)", demo.pageUrl());
    openBrowser(demo.pageUrl());
    CountDownLatch untilCtrlC = new CountDownLatch(1);
    try {
      untilCtrlC.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tries the desktop's own opener; where there is none, the printed address has to do. */
  private static void openBrowser(String url) {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    List<String> command =
        os.contains("mac")
            ? List.of("open", url)
            : os.contains("win")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", url)
                : List.of("xdg-open", url);
    try {
      new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      // Said already where the page is.
    }
  }

  private void tidy(Path folder, Console console) {
    if (keep) {
      console.note("Logs, databases and events: %s", folder);
      return;
    }
    try {
      Demo.delete(folder);
    } catch (IOException e) {
      console.note("The folder '%s' cannot be removed (%s)", folder, Failures.reason(e));
    }
  }
}
