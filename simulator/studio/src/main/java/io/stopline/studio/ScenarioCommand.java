package io.stopline.studio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stopline scenario}. */
@Command(
    name = "scenario",
    description = "Check scenario files, and make them from incidents.",
    subcommands = {ScenarioCheckCommand.class, ScenarioFromIncidentCommand.class})
final class ScenarioCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command: check or from-incident");
  }
}
