package io.stopline.studio.desk;

import java.util.List;
import java.util.stream.Collectors;

/** Commands as a person would type them into a POSIX shell. Stateless. */
final class Shell {

  private Shell() {}

  /** {@code ./stopline} with these arguments, each quoted where it has to be. */
  static String command(List<String> arguments) {
    return "./stopline " + arguments.stream().map(Shell::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String argument) {
    return argument.matches("[A-Za-z0-9_@%+=:,./-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
