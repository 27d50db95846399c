package io.stopline.studio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stopline evidence}. */
@Command(
    name = "evidence",
    description = "Pack what was measured of a bundle for an assessor, and check such a pack.",
    subcommands = {
      EvidencePackCommand.class,
      EvidenceVerifyCommand.class,
      EvidenceDigestCommand.class,
      EvidenceKeysCommand.class
    })
final class EvidenceCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a command: pack, verify, digest or keys");
  }
}
