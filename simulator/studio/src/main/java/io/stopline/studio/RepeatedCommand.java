package io.stopline.studio;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** A command line as it was called, for reports that say how to repeat them. */
final class RepeatedCommand {

  private RepeatedCommand() {}

  /**
   * Writes it out.
   *
   * @param command its name
   * @param without options with a value that are left out: they say where reports go
   * @param withoutFlags options without a value that are left out
   */
  static String of(
      CommandSpec spec, String command, List<String> without, List<String> withoutFlags) {
    StringBuilder text = new StringBuilder("./stopline");
    if (!command.isEmpty()) {
      text.append(' ').append(command);
    }
    List<String> arguments = spec.commandLine().getParseResult().originalArgs();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      if (without.contains(argument)) {
        i++;
      } else if (!withoutFlags.contains(argument)
          && !(equals > 0 && without.contains(argument.substring(0, equals)))
          && !argument.equals(command)) {
        text.append(' ').append(quoted(argument));
      }
    }
    return text.toString();
  }

  /**
   * The whole line as it was called, {@code --json} apart.
   *
   * @param spec of the command, which has been parsed
   */
  static String whole(CommandSpec spec) {
    return of(spec.root(), "", List.of("--json"), List.of());
  }

  /** An argument as a shell wants it. */
  static String quoted(String argument) {
    return argument.matches("[\\w./=,:+-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
