package io.stopline.studio;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.certify.CertifyInputs;
import io.stopline.campaign.certify.CertifyPlan;
import io.stopline.campaign.certify.CertifyRun;
import io.stopline.campaign.robustness.RunFolder;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.Version;
import io.stopline.evaluation.certificate.Attacked;
import io.stopline.evaluation.certificate.CertificateIdentity;
import io.stopline.evaluation.certificate.CertificatePage;
import io.stopline.evaluation.certificate.CertificateReport;
import io.stopline.evaluation.certificate.CertificateResult;
import io.stopline.evaluation.certificate.GroupTable;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.WorstExample;
import io.stopline.evaluation.robustness.Plot;
import io.stopline.sdk.certificate.Groups;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stopline certify}. */
@Command(
    name = "certify",
    footer = {
      "",
      "Example:",
      "  stopline certify --kind patch --bundle traffic-signs --data GTSRB \\",
      "      --report certificates.html"
    },
    description = {
      "Prove, input by input, what an attacker cannot do to a .tflite classifier, on the exact file"
          + " as TensorFlow Lite runs it.",
      "",
      "A certificate holds whatever the attack, for the stated set of attacks and no other:"
          + " docs/certificates.md says how to read it.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; the figures say what is certified",
      "2:wrong usage or bad input",
      "3:a certified input was broken by --attack, or Stopline or the machine failed"
    })
final class CertifyCommand implements Callable<Integer> {

  /** One of the two; the shipped bundle without either. */
  static final class Subject {
    @Option(
        names = "--model",
        paramLabel = "FILE.tflite",
        required = true,
        description = "The classifier to certify.")
    @Nullable Path model;

    @Option(
        names = "--bundle",
        paramLabel = "NAME|DIR",
        required = true,
        description = "Certify members of a bundle: a shipped one or a folder.")
    @Nullable String bundle;
  }

  /** What is certified, the groups that come with it, and why these models. */
  private record Subjects(List<ReadModel> models, @Nullable Groups groups, List<String> why) {}

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @ArgGroup(multiplicity = "1")
  private Subject subject;

  @Option(
      names = "--member",
      paramLabel = "NAME",
      description =
          "Which model of the bundle; may stand repeatedly (default for windows: what the policy's"
              + " check certified-windows or bundle.yaml names, else all that fit; else the policy's"
              + " members).")
  private List<String> members = new ArrayList<>();

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "Members of which policy (default: the bundle's own).")
  private @Nullable String policy;

  @Mixin private ModelOptions modelOptions;

  @Mixin private CertifyOptions options;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write the report as one page that needs nothing else.")
  private @Nullable Path page;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Keep what is finished there, and take up from there what an interrupted run began.")
  private @Nullable Path resume;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    if (page != null) {
      CommonOptions.checkWritable(page);
    }
    options.check();
    Dataset own = options.dataset();
    Subjects subjects = subjects(console, own);
    Dataset data = subjects.models().get(0).data();
    List<Integer> numbers = options.numbers(data);
    Split whole = data.split(options.split);
    Split used =
        new Split(whole.name(), numbers.stream().map(whole.samples()::get).toList(), List.of());

    Report report = new Report("certify", common.seed());
    List<String> notes = new ArrayList<>(subjects.why());
    notes.addAll(data.notes());
    report.data(data.name(), options.split, numbers.size(), used.signs());
    String dataHash = used.sha256();
    report.hash("data", dataHash);
    Map<String, String> hashes = new TreeMap<>();
    for (ReadModel model : subjects.models()) {
      report.hash("model:" + model.model().name(), model.model().sha256());
      hashes.put(model.model().name(), model.model().sha256());
      if (!model.figures().isSound()) {
        notes.add(model.objection());
      }
    }
    Map<Level, Groups> groups = new TreeMap<>();
    groups.put(Level.CLASS, Groups.single(data.classNames()));
    if (subjects.groups() != null) {
      groups.put(Level.GROUP, subjects.groups());
      report.hash("groups", GroupTable.sha256(subjects.groups()));
    }
    if (subjects.groups() == null) {
      notes.add(
          "no group table is known, so there are rows at class level alone; --groups FILE gives one");
    }
    CertificateIdentity identity =
        new CertificateIdentity(
            hashes,
            CertifyRun.runtime(),
            subjects.groups() == null ? "" : GroupTable.sha256(subjects.groups()));
    noteTestRun(console, report, notes, hashes.toString());
    if (numbers.size() < whole.samples().size()) {
      notes.add(
          "%d of the %d inputs of split '%s'%s"
              .formatted(
                  numbers.size(),
                  whole.samples().size(),
                  options.split,
                  options.split.equals("calibration") && options.wholeTracks()
                      ? ": whole tracks"
                      : ""));
    }

    List<CertificateResult> results = new ArrayList<>();
    List<Plot> curves = new ArrayList<>();
    List<WorstExample> examples = new ArrayList<>();
    List<String> limits = List.of();
    List<String> counting = List.of();
    String claim = "";
    int broken = 0;
    try (Interruption interruption = new Interruption()) {
      for (ReadModel model : subjects.models()) {
        RunFolder folder =
            resume == null ? null : RunFolder.open(resume, settings(identity, dataHash));
        CertifyPlan plan = plan(groups);
        CertifyInputs inputs =
            CertifyInputs.of(model.data().split(options.split), numbers, model.model());
        CertifyRun run;
        try (Progress progress = console.progress("certifying " + model.model().name())) {
          run =
              CertifyRun.of(
                  model.model(),
                  plan,
                  inputs,
                  data.classNames(),
                  folder,
                  interruption::wanted,
                  new Share(progress)::to);
        }
        results.addAll(run.results());
        curves.addAll(run.curves());
        examples.addAll(run.examples());
        notes.addAll(run.notes());
        broken += run.broken();
        claim = run.claim();
        limits = run.limits();
        counting = run.counting();
        if (interruption.wanted()) {
          notes.add("the run was stopped before every input was done");
          break;
        }
      }
    }
    CertificateReport result =
        new CertificateReport(
            options.kind.name().toLowerCase(Locale.ROOT),
            subject(subjects),
            RepeatedCommand.of(
                spec, "certify", List.of("--json", "--report", "--resume"), List.of()),
            claim,
            limits,
            counting,
            identity,
            CertifyRun.fallacies(broken),
            notes,
            results,
            curves,
            examples);
    finish(console, report, result);
    return broken > 0 ? ExitCode.INTERNAL : ExitCode.OK;
  }

  private static String subject(Subjects subjects) {
    return String.join(", ", subjects.models().stream().map(m -> m.model().name()).toList());
  }

  private CertifyPlan plan(Map<Level, Groups> groups) {
    return new CertifyPlan(
        switch (options.kind) {
          case PATCH ->
              new CertifyPlan.Patches(
                  options.method == CertifyOptions.Method.WINDOWS,
                  options.sides(),
                  options.masks,
                  !options.noRecovery,
                  options.wholeTracks() ? options.statistics() : List.of(),
                  options.falseAlarmRate);
          case SMOOTHING ->
              new CertifyPlan.Noise(
                  options.sigmas, options.firstSamples, options.samples, options.alpha);
          case BOUNDS -> new CertifyPlan.Boxes(options.budgets());
        },
        groups,
        options.attack,
        Runtime.getRuntime().availableProcessors(),
        common.seed());
  }

  private Subjects subjects(Console console, Dataset own) throws IOException {
    Path model = subject.model;
    if (model != null) {
      if (!members.isEmpty() || policy != null) {
        throw new BadInputException("--member and --policy are for a bundle; a file has none");
      }
      ReadModel read =
          ReadModel.of(console, model, modelOptions.reading(), own, ReadModel.Unsound.REFUSED);
      return new Subjects(List.of(read), groups(null, null, read), List.of());
    }
    if (!modelOptions.given().isEmpty()) {
      throw new BadInputException(
          "%s is for a model file; a bundle says that itself"
              .formatted(modelOptions.given().get(0)));
    }
    Bundle bundle = Bundle.load(Bundle.locate(String.valueOf(subject.bundle)));
    PolicyFile file = bundle.policy(policy);
    String table = null;
    List<String> names = members.isEmpty() ? file.policy().members() : members;
    List<String> why = List.of();
    if (members.isEmpty()
        && options.kind == CertifyOptions.Kind.PATCH
        && options.method == CertifyOptions.Method.WINDOWS) {
      CertifyingModels chosen = CertifyingModels.of(bundle, file);
      names = chosen.models();
      table = chosen.table();
      why = List.of("certified is " + chosen.why());
      console.note("certified is %s", chosen.why());
    }
    List<ReadModel> read = new ArrayList<>();
    for (String member : names) {
      read.add(
          ReadModel.member(
              console, bundle, member, modelOptions.reading(), own, ReadModel.Unsound.REFUSED));
    }
    return new Subjects(read, groups(bundle, table, read.get(0)), why);
  }

  private @Nullable Groups groups(@Nullable Bundle bundle, @Nullable String table, ReadModel read) {
    int classes = read.classes().outputs();
    if (options.groups != null) {
      return GroupTable.read(options.groups, classes);
    }
    return bundle == null ? null : GroupTable.of(bundle, table, classes);
  }

  /** All that decides what comes out; what is judged of it afterwards is not kept. */
  private ObjectNode settings(CertificateIdentity identity, String dataHash) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("version", Version.current()).put("data", dataHash).put("seed", common.seed());
    node.put("settings", options.settings());
    node.set("identity", identity.toJson());
    return node;
  }

  private void noteTestRun(Console console, Report report, List<String> notes, String sha256) {
    if (!options.split.equals("test")) {
      return;
    }
    TestLook.note(console, report, "certify", sha256, notes::add);
  }

  private void finish(Console console, Report report, CertificateReport result) throws IOException {
    result.fill(report);
    report.warnings().forEach(warning -> console.say("! %s", warning));
    console.say("%n%s, split '%s': certified", result.subject(), options.split);
    result.results().forEach(row -> console.say("  %s", row.line()));
    for (CertificateResult row : result.results()) {
      Attacked attacked = row.attacked();
      if (attacked != null) {
        console.say(
            "certified inputs attacked: %s, %s: %s",
            row.model(), row.attackedWords(), attacked.words());
      }
    }
    if (page != null) {
      WholeFile.write(page, CertificatePage.of(result, report.toJson()));
      console.note("report: %s", page);
    }
    console.report(report.toJson());
  }
}
