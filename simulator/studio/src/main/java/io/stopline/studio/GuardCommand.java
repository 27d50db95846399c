package io.stopline.studio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stopline guard}. */
@Command(
    name = "guard",
    footer = {
      "",
      "Example:",
      "  stopline guard init --model my.tflite --labels labels.txt --data DIR \\",
      "      --out my-guard"
    },
    description = "Make guards.",
    subcommands = {GuardInitCommand.class, LearnAppearanceCommand.class, GuardProbeCommand.class})
final class GuardCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a command: init, learn-appearance, probe");
  }
}
