package io.stopline.studio;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Refuses {@code --report}, which names a page, in commands that have none to write there, and says
 * what to write instead. Stateless.
 */
final class NoPage {

  private static final String REPORT = "--report";

  private NoPage() {}

  /** Adds the refusal to a command that has data and no page. */
  static void refuse(CommandSpec command) {
    if (command.findOption(REPORT) != null || command.findOption("--json") == null) {
      return;
    }
    command.addOption(
        OptionSpec.builder(REPORT)
            .paramLabel("FILE")
            .hidden(true)
            .type(String.class)
            .setter(new Refusal(command))
            .build());
  }

  private record Refusal(CommandSpec command) implements ISetter {
    @Override
    public <T extends @Nullable Object> T set(T file) {
      if (file != null) {
        throw new ParameterException(command.commandLine(), words(String.valueOf(file)));
      }
      return file;
    }

    private String words(String file) {
      return switch (command.name()) {
        case "campaign" -> "--report is not for 'campaign': its page is report.html in --out";
        case "drive" ->
            "--report writes a page, and 'drive' has none: write --judge --json %s for its data"
                .formatted(file);
        default ->
            "--report writes a page, and '%s' has none: write --json %s for its data"
                .formatted(command.name(), file);
      };
    }
  }
}
