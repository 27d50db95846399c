package io.stopline.studio;

import io.stopline.evaluation.Version;
import io.stopline.telemetry.VisibleText;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.imageio.ImageIO;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code stopline} command line. */
@Command(
    name = "stopline",
    description = {
      "Hardens TensorFlow Lite vision models of vehicles against altered signs: tries, measures and"
          + " runs the defence.",
      ""
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.VersionText.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, nothing found",
      "1:done, something found: a suspect image, a verdict that differs, a failed check",
      "2:wrong usage or bad input (an option, a file, an image, a bundle)",
      "3:Stopline or the machine failed"
    },
    footer = {"", "'stopline COMMAND --help' explains a command."},
    subcommands = {
      DemoCommand.class,
      SearchCommand.class,
      DriveCommand.class,
      CampaignCommand.class,
      ScenarioCommand.class,
      AppCommand.Agent.class,
      AppCommand.Monitor.class,
      InspectCommand.class,
      EvaluateCommand.class,
      AttackCommand.class,
      AttacksCommand.class,
      CertifyCommand.class,
      EvidenceCommand.class,
      HardenCommand.class,
      TrainDetectorCommand.class,
      TrainVerifierCommand.class,
      QuantizeCommand.class,
      ReplayCommand.class,
      DataCommand.class,
      DoctorCommand.class,
      GuardCommand.class,
      CalibrateCommand.class,
      BenchCommand.class,
      RealismCommand.class,
      HelpCommand.class,
    })
public final class Main implements Runnable {

  /** What Java puts where it cannot decode an argument: no file has that name. */
  private static final char UNREADABLE = '\uFFFD';

  @Spec private CommandSpec spec;

  Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    if (System.getProperty("logback.configurationFile") == null) {
      // Agent and monitor bring configurations of their own; this names ours without ambiguity.
      System.setProperty("logback.configurationFile", "stopline-studio-logback.xml");
    }
    if (List.of(args).contains("-v") || List.of(args).contains("--verbose")) {
      // Read once, when the first logger is made, which is before any command runs.
      System.setProperty("stopline.log.level", "INFO");
    }
    // Pictures are small; a cache file of theirs would need a temporary folder that can be written.
    ImageIO.setUseCache(false);
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code;
    try {
      code = run(out, err, args);
    } catch (OutOfMemoryError | LinkageError e) {
      err.println("stopline: " + Failures.describe(e));
      code = ExitCode.INTERNAL;
    }
    if (out.checkError()) {
      // A writer swallows what its stream did not take: half a report shall not look like a whole.
      err.println("stopline: standard output did not take all of it: it is full or was closed");
      code = ExitCode.INTERNAL;
    }
    System.exit(code);
  }

  /** Runs a command and returns its exit code, see {@link ExitCode}. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    for (String argument : args) {
      if (argument.indexOf(UNREADABLE) >= 0) {
        err.println(
            "stopline: '%s' holds characters that are none in this locale's encoding, %s; set LC_ALL=C.UTF-8, or a name in UTF-8"
                .formatted(VisibleText.of(argument), System.getProperty("sun.jnu.encoding")));
        err.flush();
        return ExitCode.BAD_INPUT;
      }
    }
    CommandLine line = new CommandLine(new Main());
    if (DetectorOptions.areMeant("attack", args)) {
      line.getCommandSpec().removeSubcommand("attack");
      line.addSubcommand("attack", new AttackDetectorCommand());
    }
    if (DetectorOptions.areMeant("bench", args)) {
      line.getCommandSpec().removeSubcommand("bench");
      line.addSubcommand("bench", new BenchDetectorCommand());
    }
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler(Main::failed);
    line.setParameterExceptionHandler(Main::misused);
    for (CommandLine sub : line.getSubcommands().values()) {
      // Agent and monitor take their own --help.
      if (!(sub.getCommand() instanceof AppCommand)) {
        addHelp(sub);
      }
    }
    return line.execute(DetectorOptions.withFile(args));
  }

  private static void addHelp(CommandLine line) {
    if (!line.getCommandSpec().mixinStandardHelpOptions()) {
      line.getCommandSpec().mixinStandardHelpOptions(true);
    }
    line.getCommandSpec().versionProvider(new VersionText());
    line.getSubcommands().values().forEach(Main::addHelp);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }

  private static int failed(Exception failure, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    err.println(line.getColorScheme().errorText("stopline: " + Failures.describe(failure)));
    if (isVerbose(line)) {
      failure.printStackTrace(err);
    }
    err.flush();
    return Failures.isBadInput(failure) ? ExitCode.BAD_INPUT : ExitCode.INTERNAL;
  }

  private static boolean isVerbose(CommandLine line) {
    return line.getMixins().values().stream()
        .anyMatch(mixin -> mixin instanceof CommonOptions common && common.verbose());
  }

  private static int misused(ParameterException failure, String[] args) {
    CommandLine line = failure.getCommandLine();
    PrintWriter err = line.getErr();
    String message = VisibleText.lines(String.valueOf(failure.getMessage()));
    err.println(line.getColorScheme().errorText("stopline: " + message));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.printf("Try '%s --help'.%n", line.getCommandSpec().qualifiedName());
    err.flush();
    return ExitCode.BAD_INPUT;
  }

  /** {@code --version}. */
  static final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "stopline " + Version.current(),
        "Java "
            + System.getProperty("java.version")
            + " ("
            + System.getProperty("java.vendor")
            + ")"
      };
    }
  }
}
