package io.stopline.studio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stopline data}. */
@Command(
    name = "data",
    description = "Prepare data sets.",
    subcommands = {DataPackCommand.class, DataRenderCommand.class, DataPlaceCommand.class})
final class DataCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command: pack, render or place");
  }
}
