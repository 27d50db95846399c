package io.stopline.studio;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * The options that every command has. Use as {@code @Mixin CommonOptions common} and ask {@link
 * #console()} for where to write.
 */
public final class CommonOptions {

  /** The seed of a run that names none: fixed, so that a run repeats by itself. */
  public static final long DEFAULT_SEED = 1;

  /** What every command has stands below what is its own. */
  private static final int LAST = 1000;

  @Spec(Target.MIXEE)
  private CommandSpec mixee;

  @Option(
      names = "--json",
      order = LAST,
      paramLabel = "FILE",
      description =
          "Write the report as JSON to FILE; '-' is standard output, which then carries nothing else.")
  private @Nullable String json;

  @Option(
      names = "--seed",
      order = LAST,
      paramLabel = "N",
      defaultValue = "" + DEFAULT_SEED,
      description = "Seed of every random draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = {"-v", "--verbose"},
      order = LAST,
      description = "More log lines, and the stack trace of a failure.")
  private boolean verbose;

  private @Nullable Console console;

  /** Says by another option than {@code --json} where the report goes. */
  void reportTo(String file) {
    json = file;
  }

  /** The file that {@code --json} names; empty for standard output or where it was not given. */
  Optional<Path> reportFile() {
    return json == null || json.equals("-") ? Optional.empty() : Optional.of(Path.of(json));
  }

  /** The seed of every random draw of this run. */
  public long seed() {
    return seed;
  }

  /** Whether stack traces are wanted. */
  public boolean verbose() {
    return verbose;
  }

  /** Where this command writes; one a run. */
  public Console console() {
    if (console == null) {
      Path file = reportFile().orElse(null);
      if (file != null) {
        checkWritable(file);
      }
      PrintWriter out = mixee.commandLine().getOut();
      PrintWriter err = mixee.commandLine().getErr();
      console = new Console(out, err, file, "-".equals(json), RepeatedCommand.whole(mixee));
    }
    return console;
  }

  /**
   * Told now, not after minutes of work.
   *
   * @throws BadInputException if a report cannot be written there
   */
  static void checkWritable(Path file) {
    Path there = file.toAbsolutePath().normalize();
    boolean exists = Files.exists(there);
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    // What lies there is replaced, not written over, so its folder has to take the new one.
    Path folder = there == null || !Files.isRegularFile(there) ? there : there.getParent();
    if (there == null
        || folder == null
        || !Files.isWritable(there)
        || !Files.isWritable(folder)
        || Files.isDirectory(there) == exists) {
      throw new BadInputException(
          "report '%s' cannot be written; name a file in a folder that you may write to"
              .formatted(file));
    }
  }
}
