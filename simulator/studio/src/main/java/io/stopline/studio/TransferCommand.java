package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.Attack;
import io.stopline.campaign.ThreatModelJson;
import io.stopline.campaign.hardening.TransferMatrix;
import io.stopline.campaign.robustness.AttackData;
import io.stopline.campaign.robustness.AttackedModel;
import io.stopline.config.Bundle;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline attacks transfer}. */
@Command(
    name = "transfer",
    description = {
      "Attack each model of an ensemble alone and see which others fall with it.",
      "",
      "Attacked are the inputs that every model labels right when clean. The one figure to compare"
          + " ensembles by is the mean over all pairs of models.",
      ""
    })
final class TransferCommand implements Callable<Integer> {

  /** From here on a share is narrow enough to be of use. */
  private static final int MANY = 200;

  @Mixin private CommonOptions common;

  @Mixin private PartOfSplit part;

  @Mixin private ModelOptions modelOptions;

  /** One of the two. */
  static final class Ensemble {
    @Option(
        names = "--model",
        paramLabel = "FILE.tflite",
        required = true,
        description = "A member of the ensemble; give it once a member.")
    List<Path> models = List.of();

    @Option(
        names = "--bundle",
        paramLabel = "NAME|DIR",
        required = true,
        description = "The members of a bundle's policy: a shipped bundle or the folder of one.")
    @Nullable String bundle;
  }

  @ArgGroup(multiplicity = "1")
  private Ensemble ensemble;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "A policy of the bundle (default: the bundle's own).")
  private @Nullable String policy;

  @Option(
      names = "--attack",
      paramLabel = "NAME",
      defaultValue = "pgd",
      description =
          "What is run on each model, to its last step: pgd, apgd-ce, mi-fgsm or another that climbs"
              + " an objective (default: ${DEFAULT-VALUE}).")
  private String attack;

  @Option(
      names = "--norm",
      paramLabel = "NORM",
      defaultValue = "linf",
      description = "How a change is measured: linf or l2 (default: ${DEFAULT-VALUE}).")
  private String norm;

  @Option(
      names = "--eps",
      paramLabel = "E",
      defaultValue = "8/255",
      description =
          "How large a change may be, a number or a fraction (default: ${DEFAULT-VALUE}).")
  private String epsilon;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "A setting of the attack; see its page in docs/attacks.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    Map<String, String> options = new LinkedHashMap<>();
    options.put("norm", norm.toLowerCase(Locale.ROOT));
    options.put("eps", epsilon);
    options.put("rounding", "true");
    if (attack.equals("pgd") || attack.equals("mi-fgsm") || attack.equals("bim")) {
      options.put("early-stop", "false");
    }
    options.putAll(settings);
    Attack made = AttackListCommand.make(attack, options);
    List<ReadModel> read = read(console, part.dataset());
    Dataset dataset = read.get(0).data();
    Split whole = dataset.split(part.split());
    List<Integer> numbers = part.numbers(whole);
    List<AttackedModel> opened = new ArrayList<>();
    try {
      for (ReadModel each : read) {
        opened.add(
            AttackedModel.open(
                each.model(), List.of(), Runtime.getRuntime().availableProcessors()));
      }
      return measure(console, made, dataset, whole, numbers, opened);
    } finally {
      opened.forEach(AttackedModel::close);
    }
  }

  /** The members, their outputs in one order. */
  private List<ReadModel> read(Console console, Dataset data) throws IOException {
    List<ReadModel> read = new ArrayList<>();
    String name = ensemble.bundle;
    if (name == null) {
      if (policy != null) {
        throw new BadInputException("--policy is for a bundle; model files have none");
      }
      for (Path model : ensemble.models) {
        read.add(
            read.isEmpty()
                ? ReadModel.of(
                    console, model, modelOptions.reading(), data, ReadModel.Unsound.REFUSED)
                : read.get(0).also(console, model));
      }
    } else {
      Bundle bundle = Bundle.load(Bundle.locate(name));
      read.addAll(
          ReadModel.members(
              console,
              bundle,
              bundle.policy(policy),
              modelOptions.reading(),
              data,
              ReadModel.Unsound.REFUSED));
    }
    if (read.size() < 2) {
      throw new BadInputException(
          "attacks transfer from one model to another: name two or more with --model, or a bundle");
    }
    return read;
  }

  private int measure(
      Console console,
      Attack made,
      Dataset dataset,
      Split whole,
      List<Integer> numbers,
      List<AttackedModel> opened) {
    AttackData data = AttackData.of(whole.samples(), numbers, opened.get(0).shape());
    TransferMatrix matrix =
        new TransferMatrix(
            opened.stream().map(TransferMatrix.Member::of).toList(), made, common.seed());
    Split used =
        new Split(whole.name(), numbers.stream().map(whole.samples()::get).toList(), List.of());
    Report report = new Report("attacks transfer", common.seed());
    report.data(dataset.name(), part.split(), numbers.size(), used.signs());
    opened.forEach(model -> model.hashes().forEach(report::hash));
    report.hash("data", used.sha256());
    dataset.notes().forEach(report::warn);
    if (part.split().equals("test")) {
      noteTestRun(console, report, opened);
    }
    TransferMatrix.Result result;
    try (Progress progress = console.progress("attacking")) {
      result =
          matrix.measure(
              data.inputs(), new Share(progress)::to, () -> Thread.currentThread().isInterrupted());
    }
    warn(report, result);
    fill(report, made, result);
    say(console, report, made, result);
    console.report(report.toJson());
    return ExitCode.OK;
  }

  private static void noteTestRun(Console console, Report report, List<AttackedModel> opened) {
    String hashes = String.join("+", opened.stream().map(AttackedModel::sha256).toList());
    TestLook.note(console, report, "attacks transfer", hashes, report::warn);
  }

  private static void warn(Report report, TransferMatrix.Result result) {
    if (result.attacked() < MANY) {
      report.warn(
          "%d inputs were attacked; with so few the shares are rough".formatted(result.attacked()));
    }
    for (TransferMatrix.Row row : result.rows()) {
      if (row.fooled() < result.attacked() / 20) {
        report.warn(
            "attacks fooled '%s' in %d of %d cases: shares of these say little, compare meanCaseRate"
                .formatted(row.source(), row.fooled(), result.attacked()));
      }
    }
  }

  private static void fill(Report report, Attack made, TransferMatrix.Result result) {
    report.put("threatModel", ThreatModelJson.of(made.threatModel()));
    ObjectNode fields = report.fields();
    fields.put("attack", made.name());
    ObjectNode given = fields.putObject("settings");
    made.settings().forEach((name, value) -> given.put(name, String.valueOf(value)));
    fields.put("inputs", result.inputs()).put("attacked", result.attacked());
    fields.set("meanTransferRate", number(result.meanTransferred()));
    fields.set("meanCaseRate", number(result.meanCases()));
    ArrayNode rows = fields.putArray("sources");
    for (int i = 0; i < result.rows().size(); i++) {
      TransferMatrix.Row row = result.rows().get(i);
      ObjectNode node = rows.addObject().put("name", row.source());
      node.put("fooled", row.fooled()).put("seconds", row.seconds());
      ArrayNode targets = node.putArray("targets");
      for (int j = 0; j < result.rows().size(); j++) {
        ObjectNode target = targets.addObject().put("name", result.rows().get(j).source());
        target.set("transferRate", result.transferred(i, j).toJson());
        target.set("caseRate", result.cases(i, j).toJson());
      }
    }
  }

  private static com.fasterxml.jackson.databind.JsonNode number(double value) {
    return Double.isNaN(value)
        ? JsonNodeFactory.instance.nullNode()
        : JsonNodeFactory.instance.numberNode(Math.rint(value * 1e6) / 1e6);
  }

  private static void say(
      Console console, Report report, Attack made, TransferMatrix.Result result) {
    report.warnings().forEach(warning -> console.say("! %s", warning));
    console.say(
        "%s %s; %d of %d inputs are labelled right by every model and were attacked",
        made.name(), made.threatModel().describe(), result.attacked(), result.inputs());
    table(
        console,
        result,
        "of the images that fooled the row's model, how many fooled the column's",
        true);
    table(console, result, "of all attacked inputs, how many fooled the column's model", false);
    console.say(
        "%nmean over pairs: %s of what fooled one fooled another; %s of all cases",
        share(result.meanTransferred()), share(result.meanCases()));
  }

  private static void table(
      Console console, TransferMatrix.Result result, String title, boolean transferred) {
    console.say("%n%s", title);
    int width =
        Math.max(8, result.rows().stream().mapToInt(row -> row.source().length()).max().orElse(0));
    StringBuilder head = new StringBuilder(" ".repeat(width + 2));
    for (TransferMatrix.Row row : result.rows()) {
      head.append(("%" + (width + 2) + "s").formatted(row.source()));
    }
    console.say("%s", head);
    for (int i = 0; i < result.rows().size(); i++) {
      StringBuilder line =
          new StringBuilder(("  %-" + width + "s").formatted(result.rows().get(i).source()));
      for (int j = 0; j < result.rows().size(); j++) {
        double value = (transferred ? result.transferred(i, j) : result.cases(i, j)).value();
        line.append(("%" + (width + 2) + "s").formatted(share(value)));
      }
      console.say("%s", line);
    }
  }

  private static String share(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * value);
  }
}
