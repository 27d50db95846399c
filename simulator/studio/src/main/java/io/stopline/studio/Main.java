package io.stopline.studio;

import io.stopline.evaluation.Version;
import io.stopline.telemetry.VisibleText;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
      StudioCommand.class,
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
public final class Main implements Callable<Integer> {

  /** What Java puts where it cannot decode an argument: no file has that name. */
  private static final char UNREADABLE = '\uFFFD';

  /** Of commands that find nothing, so that 1 is not among them. */
  private static final Map<String, String> USUAL_EXITS = usualExits();

  private static final List<String> BEGIN =
      List.of(
          "stopline: name a command. To begin with:",
          "",
          "  stopline doctor                        what works on this machine",
          "  stopline demo                          a vehicle, an altered sign, the guard: watch it",
          "  stopline studio                        drives side by side, live scenarios, campaigns",
          "  stopline inspect photo.png             what the shipped guard says of a picture",
          "  stopline data render --out signs --drives 86",
          "                                         rendered signs to try the rest on",
          "  stopline attack --model my.tflite --data signs --split train --report attack.html",
          "                                         how a model of yours stands up to attacks",
          "  stopline guard init --model my.tflite --labels labels.txt --data DIR --out my-guard",
          "                                         a guard around it",
          "",
          "'stopline --help' lists all commands, 'stopline COMMAND --help' explains one.");

  @Spec private CommandSpec spec;

  Main() {}

  private static Map<String, String> usualExits() {
    Map<String, String> exits = new LinkedHashMap<>();
    exits.put("0", "done");
    exits.put("2", "wrong usage or bad input (an option, a file, an image, a bundle)");
    exits.put("3", "Stopline or the machine failed");
    return Collections.unmodifiableMap(exits);
  }

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
    CommandLine line = commandLine();
    if (DetectorOptions.areMeant("attack", args)) {
      line.getCommandSpec().removeSubcommand("attack");
      line.addSubcommand("attack", completed(new CommandLine(new AttackDetectorCommand())));
    }
    if (DetectorOptions.areMeant("bench", args)) {
      line.getCommandSpec().removeSubcommand("bench");
      line.addSubcommand("bench", completed(new CommandLine(new BenchDetectorCommand())));
    }
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler(Main::failed);
    line.setParameterExceptionHandler(Main::misused);
    return line.execute(DetectorOptions.withFile(args));
  }

  /** The commands with all that their help says. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    for (CommandLine sub : line.getSubcommands().values()) {
      // Agent and monitor take their own --help.
      if (!(sub.getCommand() instanceof AppCommand)) {
        completed(sub);
      }
    }
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }

  /**
   * Adds what every command's help has: --help itself, exit codes, options as they were declared.
   */
  private static CommandLine completed(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    if (!spec.mixinStandardHelpOptions()) {
      spec.mixinStandardHelpOptions(true);
    }
    spec.versionProvider(new VersionText());
    NoPage.refuse(spec);
    // Options that belong together stand together: in another order their sentences break.
    spec.usageMessage().sortOptions(false).sortSynopsis(false);
    if (spec.usageMessage().exitCodeList().isEmpty()) {
      spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(USUAL_EXITS);
    }
    line.getSubcommands().values().forEach(Main::completed);
    return line;
  }

  /** Without a command nothing is done; what to begin with is said where faults are told. */
  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    BEGIN.forEach(err::println);
    err.flush();
    return ExitCode.BAD_INPUT;
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
