package io.stopline.studio;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Refuses {@code --report}, which names a page, in a command that has only data, and says what to
 * write instead. Use as {@code @Mixin NoPage}.
 */
final class NoPage {

  @Spec(Target.MIXEE)
  private CommandSpec mixee;

  @Option(names = "--report", paramLabel = "FILE", hidden = true)
  void refuse(String file) {
    boolean drive = mixee.name().equals("drive");
    throw new ParameterException(
        mixee.commandLine(),
        "--report writes a page, and '%s' has none; its data go to --json: write %s--json %s instead"
            .formatted(mixee.name(), drive ? "--judge " : "", file));
  }
}
