package io.stopline.studio;

import io.stopline.campaign.Realism;
import io.stopline.campaign.RealismResult;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline realism}. */
@Command(
    name = "realism",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all models read 98 %% of the renderings right, or more",
      "1:one of them does not",
      "2:wrong usage or bad input",
      "3:Stopline or the machine failed"
    },
    description = {
      "Measure whether rendered signs look real to models that were trained on photographs.",
      "",
      "Films clean drives up to signs of all 43 classes in random light, pose and weather, picks a"
          + " random frame of each (sign whole and at least 20 px high) and lets the policy's bare"
          + " models and their mean read it. Ends with 1 if one of them reads less than 98 %% right.",
      ""
    })
final class RealismCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Mixin private BundleOptions bundleOptions;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Renderings; the classes take turns (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--sheet",
      paramLabel = "PNG",
      description = "Write a sheet with renderings of every class, as the models get them.")
  private @Nullable Path sheet;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Put photographs of this packed set beside them on the sheet.")
  private @Nullable Path data;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Drives side by side (default: the cores there are). Results do not change.")
  private @Nullable Integer threads;

  @Override
  public Integer call() {
    Console console = common.console();
    if (count < 1 || count > 1_000_000) {
      throw new BadInputException("--count is %d; give 1 to 1000000".formatted(count));
    }
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (workers < 1 || workers > 256) {
      throw new BadInputException("--threads is %d; give 1 to 256".formatted(workers));
    }
    if (data != null && sheet == null) {
      throw new BadInputException("--data is only used by --sheet; name a file for the sheet too");
    }
    Dataset photographs = data == null ? null : Dataset.open(data);
    Bundle bundle = bundleOptions.bundle();
    PolicyFile policy = bundle.policy(bundleOptions.policyName());

    RealismResult result;
    try (Progress progress = console.progress("filming", count, "renderings")) {
      result =
          new Realism(bundle, policy.policy().name(), workers)
              .run(count, common.seed(), progress::step);
    }
    Report report = new Report("realism", common.seed());
    BundleOptions.hashes(report, bundle, policy);
    if (photographs != null) {
      photographs.notes().forEach(note -> console.note("warning: %s", note));
      photographs.notes().forEach(report::warn);
    }
    report.warn("rendered, not photographed: clean drives, no attack was run");
    report.fields().put("policy", policy.policy().name()).put("renderings", count);
    report.fields().setAll(result.toJson());

    console.say("%s", result.table());
    List<String> missing = result.missing();
    console.say(
        missing.isEmpty()
            ? "Every reader gets at least 98 % right."
            : "Below 98 %%: %s.".formatted(String.join(", ", missing)));
    if (sheet != null) {
      write(new RealismSheet(result, photographs), sheet);
      console.note("sheet: %s", sheet);
    }
    console.report(report.toJson());
    return missing.isEmpty() ? ExitCode.OK : ExitCode.FOUND;
  }

  private static void write(RealismSheet drawn, Path file) {
    try {
      ImageFiles.writePng(drawn.draw(), file);
    } catch (IOException e) {
      throw new BadInputException(
          "sheet '%s' cannot be written (%s); name a file in a folder that you may write to"
              .formatted(file, Failures.reason(e)),
          e);
    }
  }
}
