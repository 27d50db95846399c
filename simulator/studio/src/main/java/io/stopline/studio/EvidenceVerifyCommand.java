package io.stopline.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.stopline.evaluation.Report;
import io.stopline.evidence.check.EvidenceCheck;
import io.stopline.evidence.check.Finding;
import io.stopline.evidence.check.Verification;
import io.stopline.evidence.sign.VerifyingKey;
import io.stopline.telemetry.VisibleText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stopline evidence verify}. */
@Command(
    name = "verify",
    description = {
      "Check a pack: every file and its hash, the signatures, that every figure has its command and"
          + " stands where it is said to stand, that every claim ends in a file.",
      ""
    },
    footer = {"", "Example:", "  stopline evidence verify pack --key me.pub"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the pack holds",
      "1:the pack is rejected; every reason is named",
      "2:wrong usage or bad input (no folder, no key)",
      "3:Stopline or the machine failed"
    })
final class EvidenceVerifyCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "DIR", description = "The pack.")
  private Path pack;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "Public key that must have signed (PEM), got by another way than the pack. Without it the"
              + " pack's own key is taken, and nothing says whose that is.")
  private @Nullable Path key;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    Verification found = EvidenceCheck.of(pack, key == null ? null : VerifyingKey.read(key));
    for (Finding finding : found.findings()) {
      console.say("! %s", VisibleText.of(finding.toString()));
    }
    if (found.holds()) {
      say(console, found);
    } else {
      console.say("rejected: %d findings", found.findings().size());
    }
    console.report(report(found).toJson());
    return found.holds() ? ExitCode.OK : ExitCode.FOUND;
  }

  private void say(Console console, Verification found) {
    JsonNode manifest = found.manifest();
    JsonNode item = manifest.path("item");
    JsonNode missing = manifest.path("missing");
    console.say(
        "%d things are missing, as the pack itself says%s",
        missing.size(), missing.isEmpty() ? "" : ":");
    for (JsonNode each : missing) {
      console.say("  %s", each.path("what").asText());
    }
    console.say(
        "%nthe pack holds: bundle '%s' %s, policy '%s', packed %s",
        item.path("bundle").asText(),
        item.path("bundleVersion").asText(),
        item.path("policy").asText(),
        manifest.path("date").asText());
    console.say(
        "  %d files as listed, %d figures where they are said to stand, %d signatures",
        found.files(), found.figures(), found.attestations());
    if (found.pinned()) {
      console.say("  signed by the given key, %s", found.keyId());
    } else {
      console.say("  signed by key %s", found.keyId());
      console.say(
          found.madeForThisPack()
              ? "  that key was made for this pack alone: who packed it is not known"
              : "  whose key that is was not checked; give --key FILE to say whom you trust");
    }
    console.say(
        "  a pack that holds is unchanged; whether its figures are true, their commands tell");
  }

  private Report report(Verification found) {
    Report report = new Report("evidence verify", common.seed());
    report
        .fields()
        .put("holds", found.holds())
        .put("files", found.files())
        .put("figures", found.figures())
        .put("signatures", found.attestations())
        .put("keyId", found.keyId())
        .put("keyGiven", found.pinned());
    ArrayNode findings = report.fields().putArray("findings");
    for (Finding finding : found.findings()) {
      findings
          .addObject()
          .put("thing", finding.thing())
          .put("place", finding.place())
          .put("cure", finding.cure());
    }
    return report;
  }
}
