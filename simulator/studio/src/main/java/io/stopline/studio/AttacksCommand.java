package io.stopline.studio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stopline attacks}. */
@Command(
    name = "attacks",
    description =
        "Name the attacks that there are; measure what attacking costs and what transfers.",
    subcommands = {
      AttackListCommand.class,
      AttackCostCommand.class,
      TransferCommand.class,
      LogitScaleCommand.class
    })
final class AttacksCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a command: list, cost, transfer, scale-logits");
  }
}
