package io.stopline.studio;

import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Report;
import io.stopline.evidence.sign.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline evidence keys}. */
@Command(
    name = "keys",
    description = {
      "Make an Ed25519 key for signing packs: NAME.pem, which nobody else may read, and NAME.pub"
          + " for those who check them.",
      ""
    },
    footer = {"", "Example:", "  stopline evidence keys --out me"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "2:wrong usage, or a file of that name exists",
      "3:Stopline or the machine failed"
    })
final class EvidenceKeysCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "NAME",
      description = "Beginning of both files; neither is ever written over.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    Path secret = out.resolveSibling(out.getFileName() + ".pem");
    Path open = out.resolveSibling(out.getFileName() + ".pub");
    if (Files.exists(open)) {
      throw new BadInputException(
          "key '%s' exists and is not written over; name another file".formatted(open));
    }
    SigningKey key = SigningKey.generate();
    key.write(secret);
    WholeFile.write(open, key.verifying().pem());
    console.say("key %s", key.verifying().id());
    console.say("  secret  %s (keep it; pack with --key)", secret);
    console.say("  public  %s (give it away by another way than the packs)", open);
    Report report = new Report("evidence keys", common.seed());
    report
        .fields()
        .put("keyId", key.verifying().id())
        .put("secret", secret.toString())
        .put("public", open.toString());
    console.report(report.toJson());
    return ExitCode.OK;
  }
}
