package io.stopline.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.stopline.config.files.GivenFile;
import io.stopline.evaluation.Report;
import io.stopline.evidence.json.PackJson;
import io.stopline.evidence.json.UnreadableJsonException;
import io.stopline.evidence.result.FigureDigest;
import io.stopline.evidence.result.ReportKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stopline evidence digest}. */
@Command(
    name = "digest",
    description = {
      "Tell the digest of a report's figures: a run that is repeated gives the same one, whenever"
          + " and wherever it ran. A pack has it of each report (figures.json, 'figuresSha256').",
      ""
    },
    footer = {"", "Example:", "  stopline evidence digest again.json"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "2:wrong usage or bad input (no report of a kind that a pack takes)",
      "3:Stopline or the machine failed"
    })
final class EvidenceDigestCommand implements Callable<Integer> {

  private static final int MAX_BYTES = 64 << 20;

  @Mixin private CommonOptions common;

  @Parameters(
      arity = "1..*",
      paramLabel = "REPORT.json",
      description = "Reports that commands wrote with --json.")
  private List<Path> files;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    Report report = new Report("evidence digest", common.seed());
    ArrayNode digests = report.fields().putArray("digests");
    for (Path file : files) {
      JsonNode read = read(file);
      ReportKind kind =
          ReportKind.of(read)
              .orElseThrow(
                  () ->
                      new BadInputException(
                          "'%s' is no report that a pack takes; give what a command wrote with --json"
                              .formatted(file)));
      String digest = FigureDigest.of(kind, read);
      console.say("%s  %s", digest == null ? "times do not repeat" : digest, file);
      digests.addObject().put("file", file.toString()).put("figuresSha256", digest);
    }
    console.report(report.toJson());
    return ExitCode.OK;
  }

  private static JsonNode read(Path file) throws IOException {
    String problem = GivenFile.problem(file, MAX_BYTES);
    if (!problem.isEmpty()) {
      throw new BadInputException("report '%s' %s; name a file".formatted(file, problem));
    }
    try {
      return PackJson.read(GivenFile.read(file, MAX_BYTES));
    } catch (UnreadableJsonException e) {
      throw new BadInputException("report '%s': %s".formatted(file, e.getMessage()), e);
    }
  }
}
