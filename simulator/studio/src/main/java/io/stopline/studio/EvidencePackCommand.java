package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Version;
import io.stopline.evidence.pack.EvidencePack;
import io.stopline.evidence.pack.Missing;
import io.stopline.evidence.pack.PackRequest;
import io.stopline.evidence.result.AcceptedReport;
import io.stopline.evidence.result.LeftOut;
import io.stopline.evidence.sign.SigningKey;
import io.stopline.telemetry.VisibleText;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline evidence pack}. */
@Command(
    name = "pack",
    description = {
      "Make a folder of evidence about a bundle: reports with every figure, its interval and its"
          + " command, claims, bill of materials, signatures; what is missing is said first.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  stopline evidence pack --results runs --data GTSRB --key me.pem --out pack"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:packed; what is missing was said",
      "2:wrong usage or bad input (a bundle, a folder, a key)",
      "3:Stopline or the machine failed"
    })
final class EvidencePackCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Mixin private BundleOptions bundleOptions;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "The pack: a folder that does not exist or is empty. Written whole or not at" + " all.")
  private Path out;

  @Option(
      names = "--results",
      arity = "1..*",
      paramLabel = "DIR|FILE",
      description =
          "Where to look for reports (--json) of attack, certify, harden, evaluate, guard probe,"
              + " realism, bench and campaign, and for incidents that the monitor gave out. What"
              + " belongs to another bundle, policy or version is named and left out.")
  private List<Path> results = new ArrayList<>();

  @Option(
      names = "--data",
      arity = "1..*",
      paramLabel = "DIR",
      description = "Data sets whose splits are listed and searched for leaks; each image is read.")
  private List<Path> data = new ArrayList<>();

  @Option(
      names = "--licence",
      paramLabel = "NAME=TEXT",
      description = "Licence of a data set of --data, by the set's name.")
  private Map<String, String> licences = new LinkedHashMap<>();

  @Option(
      names = "--recipes",
      paramLabel = "DIR",
      description =
          "Recipes of the trainings (default: those that ship beside the bundle, if there are any).")
  private @Nullable Path recipes;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "Ed25519 key that signs (PKCS#8, PEM; see 'evidence keys'). Without it a key is made for"
              + " this pack and thrown away, which shows that nothing was changed, not who packed.")
  private @Nullable Path key;

  @Option(
      names = "--date",
      paramLabel = "DATE",
      description =
          "2026-12-01 or 2026-12-01T10:00:00Z (default: SOURCE_DATE_EPOCH, else now). The same"
              + " inputs, key and date give the same bytes.")
  private @Nullable String date;

  @Option(
      names = "--with-models",
      description = "Put the bundle's model files into the pack, not their hashes alone.")
  private boolean withModels;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    NewFolder.check(out);
    Instant when = when();
    SigningKey signing = key == null ? null : SigningKey.read(key);
    for (Path folder : results) {
      if (!Files.exists(folder)) {
        throw new BadInputException(
            "--results '%s' does not exist; check the path".formatted(folder));
      }
    }
    Bundle bundle = bundleOptions.bundle();
    PolicyFile policy = bundle.policy(bundleOptions.policyName());
    Path trainings = recipes(bundle);
    console.note("reading; each image of --data is decoded, each library is hashed");
    EvidencePack pack =
        EvidencePack.of(
            new PackRequest(
                bundle,
                policy,
                bundleOptions.reference(),
                Version.current(),
                results,
                data,
                licences,
                trainings,
                signing,
                when,
                withModels,
                classPath()));
    pack.write(out);
    say(console, bundle, policy, pack, signing == null);
    console.report(report(bundle, policy, pack).toJson());
    return ExitCode.OK;
  }

  private Instant when() {
    String given = date != null ? date : System.getenv("SOURCE_DATE_EPOCH");
    if (given == null) {
      return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
    try {
      if (date == null) {
        return Instant.ofEpochSecond(Long.parseLong(given));
      }
      return given.contains("T")
          ? Instant.parse(given)
          : LocalDate.parse(given).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException | NumberFormatException e) {
      throw new BadInputException(
          "%s '%s' is no date; give one such as 2026-12-01 or 2026-12-01T10:00:00Z"
              .formatted(date == null ? "SOURCE_DATE_EPOCH" : "--date", given),
          e);
    }
  }

  private @Nullable Path recipes(Bundle bundle) {
    if (recipes != null) {
      if (!Files.isDirectory(recipes)) {
        throw new BadInputException(
            "--recipes '%s' is no folder; name the one that holds the recipes".formatted(recipes));
      }
      return recipes;
    }
    Path bundles = bundle.directory().getParent();
    Path root = bundles == null ? null : bundles.getParent();
    Path beside = root == null ? null : root.resolve("recipes").resolve(bundle.name());
    return beside != null && Files.isDirectory(beside) ? beside : null;
  }

  private static List<Path> classPath() {
    return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
        .filter(part -> !part.isEmpty())
        .map(Path::of)
        .toList();
  }

  private void say(
      Console console, Bundle bundle, PolicyFile policy, EvidencePack pack, boolean ephemeral) {
    List<Missing> missing = pack.missing();
    console.say(
        missing.isEmpty() ? "nothing is missing" : "%d things are missing:", missing.size());
    for (Missing each : missing) {
      console.say("  %s", each.what());
      console.say("      %s", each.why());
      console.say("      %s", each.command());
    }
    List<LeftOut> left = pack.leftOut();
    if (!left.isEmpty()) {
      console.say("%nleft out of what was given: %d", left.size());
      for (LeftOut each : left) {
        console.say(
            "  %s%s: %s",
            each.foreign() ? "does not belong: " : "",
            VisibleText.of(each.file()),
            VisibleText.of(each.why()));
      }
    }
    console.say(
        "%npack of bundle '%s' %s, policy '%s': %s",
        bundle.name(), bundle.version(), policy.policy().name(), out);
    console.say(
        "  %d files, %d reports, %d figures", pack.files(), pack.reports().size(), pack.figures());
    pack.reports()
        .forEach((path, report) -> console.say("  %s  (%s)", path, report.kind().words()));
    console.say(
        "  signed by key %s%s", pack.keyId(), ephemeral ? ", made for this pack alone" : "");
    console.say("check it: ./stopline evidence verify %s", RepeatedCommand.quoted(out.toString()));
  }

  private Report report(Bundle bundle, PolicyFile policy, EvidencePack pack) {
    Report report = new Report("evidence pack", common.seed());
    BundleOptions.hashes(report, bundle, policy);
    report
        .fields()
        .put("out", out.toString())
        .put("files", pack.files())
        .put("figures", pack.figures())
        .put("keyId", pack.keyId());
    ArrayNode missing = report.fields().putArray("missing");
    for (Missing each : pack.missing()) {
      missing
          .addObject()
          .put("id", each.id())
          .put("what", each.what())
          .put("why", each.why())
          .put("command", each.command());
    }
    ArrayNode left = report.fields().putArray("leftOut");
    for (LeftOut each : pack.leftOut()) {
      left.addObject()
          .put("file", each.file())
          .put("why", each.why())
          .put("belongsElsewhere", each.foreign());
    }
    ArrayNode reports = report.fields().putArray("reports");
    for (Map.Entry<String, AcceptedReport> each : pack.reports().entrySet()) {
      reports
          .addObject()
          .put("file", each.getKey())
          .put("source", each.getValue().source().toString())
          .put("sha256", each.getValue().sha256());
    }
    return report;
  }
}
