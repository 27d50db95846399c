package io.stopline.studio;

import io.stopline.studio.desk.Studio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stopline studio}. */
@Command(
    name = "studio",
    description = {
      "Open the studio: a page on this machine to look at drives, alter them and judge them, to"
          + " search campaigns for their worst cases, and to start commands and watch them.",
      "",
      "It runs the code that the commands run, and every view says the command that gives the same"
          + " figures. It listens on loopback alone and needs nothing from elsewhere. Ctrl-C ends"
          + " it and what was started on it.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:ended", "2:wrong usage or bad input", "3:Stopline or the machine failed"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  stopline studio",
      "  stopline studio build/release           the run of a campaign",
      "  stopline studio docs/scenarios/stop-stickers.yaml"
    })
final class StudioCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "RUN|SCENARIO|DIR",
      arity = "0..*",
      description =
          "A campaign's --out folder, a scenario, or a folder of scenarios; the first one is shown.")
  private List<Path> opened = new ArrayList<>();

  @Option(
      names = "--bundle",
      paramLabel = "NAME|DIR",
      description =
          "A bundle whose guards may be chosen; may stand repeatedly (default: "
              + BundleOptions.SHIPPED
              + ").")
  private @Nullable List<String> bundles;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = ".stopline/studio",
      description = "Where scenarios, runs and reports are written (default: ${DEFAULT-VALUE}).")
  private Path work;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Port of the page, on loopback (default: any that is free).")
  private int port;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Console console = common.console();
    if (port < 0 || port > 65535) {
      throw new BadInputException("--port is %d; give 0 to 65535".formatted(port));
    }
    for (Path path : opened) {
      if (!Files.exists(path)) {
        throw new BadInputException(
            "'%s' does not exist; name a campaign's --out folder, a scenario or a folder of them"
                .formatted(path));
      }
      if (Files.isRegularFile(path)
          && !path.toString().matches("(?i).*\\.ya?ml")
          && !Studio.opens(path)) {
        throw new BadInputException(
            "'%s' is neither a scenario (YAML) nor in a campaign's --out folder; name one of these"
                .formatted(path));
      }
    }
    Path root = Apps.root();
    Studio.Setting setting =
        new Studio.Setting(
            opened,
            List.of(root.resolve("docs").resolve("scenarios")),
            bundles == null ? List.of(BundleOptions.SHIPPED) : bundles,
            work,
            port);
    CountDownLatch ended = new CountDownLatch(1);
    Studio studio = new Studio(setting, Apps::ownProcess);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  studio.close();
                  ended.countDown();
                },
                "studio-end"));
    console.say("studio: %s", studio.address());
    console.note("what is made is written below '%s'; Ctrl-C ends", work);
    ended.await();
    return ExitCode.OK;
  }
}
