package io.stopline.studio;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.campaign.hardening.Durations;
import io.stopline.campaign.robustness.AttackData;
import io.stopline.campaign.robustness.AttackRun;
import io.stopline.campaign.robustness.AttackRunner;
import io.stopline.campaign.robustness.AttackTarget;
import io.stopline.campaign.robustness.AttackedModel;
import io.stopline.campaign.robustness.ControlRuns;
import io.stopline.campaign.robustness.DefendedTarget;
import io.stopline.campaign.robustness.GuardStudy;
import io.stopline.campaign.robustness.GuardTarget;
import io.stopline.campaign.robustness.RunFolder;
import io.stopline.campaign.robustness.SanityRuns;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.Version;
import io.stopline.evaluation.robustness.Access;
import io.stopline.evaluation.robustness.AttackFigures;
import io.stopline.evaluation.robustness.ControlCurve;
import io.stopline.evaluation.robustness.Evidence;
import io.stopline.evaluation.robustness.FallacyGuard;
import io.stopline.evaluation.robustness.Floor;
import io.stopline.evaluation.robustness.GuardFigures;
import io.stopline.evaluation.robustness.RobustnessPage;
import io.stopline.evaluation.robustness.RobustnessReport;
import io.stopline.evaluation.robustness.SanityFigures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stopline attack}. */
@Command(
    name = "attack",
    footer = {
      "",
      "Examples:",
      "  stopline attack --model my.tflite --data DIR --limit 100 \\",
      "      --attack autoattack --norm linf --eps 8/255 --report attack.html",
      "  stopline attack --guard traffic-signs --adaptive --data DIR --limit 50"
    },
    description = {
      "Attack a .tflite classifier: what share of a sample is still right afterwards. A detector has"
          + " options of its own: stopline attack --detector --help.",
      "",
      "Attacks see the model rebuilt with gradients; what counts is what the file itself says when"
          + " TensorFlow Lite runs it. Each input's worst case over all attacks counts. The report"
          + " begins with what speaks against believing it.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; the figures say what was found",
      "2:wrong usage or bad input",
      "3:an attack broke its own budget, or Stopline or the machine failed"
    })
final class AttackCommand implements Callable<Integer> {

  private static final int DEFAULT_BATCH = 100;

  /** Draws beyond which {@code --draws auto} does not go. */
  private static final int MOST_DRAWS = 32;

  /** How many sanity runs. */
  enum Sanity {
    NONE,
    QUICK,
    FULL
  }

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private PartOfSplit part;

  @Mixin private AttackOptions attackOptions;

  @Mixin private TargetOptions targetOptions;

  @Option(
      names = "--ground-truth",
      paramLabel = "WHOSE",
      defaultValue = "data",
      description =
          "data: the data's labels; model: what the model says of the clean inputs, for models of"
              + " other classes (default: ${DEFAULT-VALUE}).")
  private String groundTruth;

  @Option(
      names = "--sanity",
      paramLabel = "HOW",
      defaultValue = "quick",
      description =
          "Small attacks that show whether the large ones work: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE}).")
  private Sanity sanity;

  @Option(names = "--no-sanity", description = "The same as --sanity none, as 'harden' has it.")
  void withoutSanity(boolean without) {
    if (without) {
      sanity = Sanity.NONE;
    }
  }

  @Option(
      names = "--study",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Inputs for what is shown beside an attack on a guard or defence: layer by layer, over the"
              + " draws, over the budget, harmless corruptions (default: ${DEFAULT-VALUE}; 0: none).")
  private int study;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "" + DEFAULT_BATCH,
      description =
          "Inputs attacked at a time (default: ${DEFAULT-VALUE}, fewer where they are large)."
              + " Results do not change, but for inputs that hang on the last bits.")
  private int batch;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write the report as one page that needs nothing else.")
  private @Nullable Path page;

  @Mixin private CertificateOption certificate;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Keep what is finished there, and take up from there what an interrupted run began.")
  private @Nullable Path resume;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    if (batch < 1 || batch > 10_000) {
      throw new BadInputException("--batch is %d; give 1 to 10000".formatted(batch));
    }
    if (page != null) {
      CommonOptions.checkWritable(page);
    }
    if (!List.of("data", "model").contains(groundTruth)) {
      throw new BadInputException(
          "--ground-truth is '%s'; give data or model".formatted(groundTruth));
    }
    if (study < 0 || study > 100_000) {
      throw new BadInputException("--study is %d; give 0 to 100000".formatted(study));
    }
    // Before the data are read, which may take long: a wrong setting is told at once.
    attacks(-1);
    certificate.read();
    targetOptions.draws();
    targetOptions.pull();
    if (targetOptions.autoDraws() && study == 0) {
      throw new BadInputException(
          "--draws auto tries the draws on the inputs of --study, which is 0; give some, or a number of draws");
    }
    TargetOptions.Subject subject = targetOptions.subject;
    Dataset own = part.dataset();
    List<ReadModel> read = targetOptions.read(console, own, groundTruth.equals("data"));
    Dataset dataset = read.isEmpty() ? own : read.get(0).data();
    int target =
        attackOptions.target(groundTruth.equals("data") ? dataset.classNames() : List.of());
    List<Attack> attacks = attacks(target);
    Split whole = dataset.split(part.split());
    List<Integer> numbers = part.numbers(whole);
    int threads = Runtime.getRuntime().availableProcessors();
    try (AttackTarget opened =
        targetOptions.open(
            console,
            read,
            subject.model == null ? List.of() : attackOptions.surrogates,
            threads,
            common.seed())) {
      return attack(console, attacks, target, dataset, read, whole, numbers, opened);
    }
  }

  private List<Attack> attacks(int target) {
    List<Attack> attacks = new ArrayList<>();
    for (String name : attackOptions.names(targetOptions.adaptive)) {
      attacks.add(AttackListCommand.make(name, attackOptions.of(name, target)));
    }
    return attacks;
  }

  private int attack(
      Console console,
      List<Attack> attacks,
      int target,
      Dataset dataset,
      List<ReadModel> read,
      Split whole,
      List<Integer> numbers,
      AttackTarget opened)
      throws IOException {
    Report report = new Report("attack", common.seed());
    List<String> notes = new ArrayList<>();
    if (opened instanceof AttackedModel) {
      read.forEach(each -> each.report(report));
    }
    read.stream()
        .filter(each -> !each.figures().isSound())
        .forEach(each -> notes.add(each.objection()));
    notes.addAll(dataset.notes());
    AttackData data = data(console, notes, target, dataset, whole, numbers, opened);
    refuseWithoutGradients(attacks, opened);
    Split used =
        new Split(whole.name(), numbers.stream().map(whole.samples()::get).toList(), List.of());
    String dataHash = used.sha256();
    report.data(dataset.name(), part.split(), numbers.size(), used.signs());
    opened.hashes().forEach(report::hash);
    report.hash("data", dataHash);
    noteTestRun(console, report, notes, String.valueOf(opened.hashes()));

    if (part.isWhole()) {
      console.note(
          "attacking all %,d inputs of split '%s', which may take %s here, sanity runs apart;"
              + " --limit N takes N of them, evenly spread",
          data.inputs().count(),
          part.split(),
          Durations.words(AttackTime.mostSeconds(opened.victim(), data.inputs(), attacks)));
    }
    AttackRunner.Plan plan =
        new AttackRunner.Plan(
            attacks,
            attackOptions.epsilon(),
            target,
            attackOptions.independent,
            batch,
            common.seed(),
            () -> Thread.currentThread().isInterrupted());
    RunFolder folder =
        resume == null
            ? null
            : RunFolder.open(resume, settings(attacks, opened, dataHash, numbers, read));
    SanityFigures curves = sanity(console, opened, data, folder);
    List<Evidence.DrawPoint> found = foundDraws(console, opened, attacks, data);
    int draws = found.isEmpty() ? targetOptions.draws() : enough(found);
    Victim victim =
        opened instanceof GuardTarget guarded && !found.isEmpty()
            ? guarded.victim(targetOptions.knowledge(), draws)
            : opened.victim();
    AttackRun run;
    try (Progress progress = console.progress("attacking")) {
      run =
          new AttackRunner(victim, opened.judge(), plan, folder, new Share(progress)::to)
              .run(data.inputs());
    }
    GuardFigures guard = guard(console, opened, attacks, dataset, data, run, folder, draws, found);
    List<ControlCurve> controls = controls(console, opened, data);
    notes(notes, whole, numbers, run);
    Evidence evidence =
        new Evidence(
            run.robustAccuracy(),
            run.attacks(),
            attackOptions.independent,
            curves,
            opened.withoutGradients(),
            guard == null ? null : guard.evidence());
    RobustnessReport result =
        new RobustnessReport(
            opened.name(),
            repeat(),
            certificate.added(FallacyGuard.judge(evidence), opened.hashes()),
            notes,
            run.cleanAccuracy(),
            run.robustAccuracy(),
            run.attackSuccessRate(),
            run.attacks(),
            attackOptions.independent,
            curves,
            AttackTables.classes(run, dataset.classNames(), groundTruth.equals("data")),
            AttackTables.examples(
                run,
                data.inputs(),
                groundTruth.equals("data") ? dataset.classNames() : List.of(),
                attacks),
            guard,
            controls);
    finish(console, report, result);
    boolean violated = run.attacks().stream().anyMatch(a -> a.violations() > 0);
    return violated ? ExitCode.INTERNAL : ExitCode.OK;
  }

  private AttackData data(
      Console console,
      List<String> notes,
      int target,
      Dataset dataset,
      Split whole,
      List<Integer> numbers,
      AttackTarget opened) {
    boolean ofData = groundTruth.equals("data");
    if (ofData && opened.classes() != dataset.classNames().size()) {
      throw new BadInputException(
          "model '%s' knows %d classes, data set '%s' has %d; use data of the same classes, or --ground-truth model to attack what the model itself says of them"
              .formatted(
                  opened.name(), opened.classes(), dataset.name(), dataset.classNames().size()));
    }
    if (target >= opened.classes()) {
      throw new BadInputException(
          "--targeted is %d; model '%s' knows classes 0..%d"
              .formatted(target, opened.name(), opened.classes() - 1));
    }
    AttackData data = AttackData.of(whole.samples(), numbers, opened.shape());
    if (data.resized() > 0) {
      String note =
          "%d of %d images were resized to the model's %d×%d px"
              .formatted(
                  data.resized(), numbers.size(), opened.shape().width(), opened.shape().height());
      console.note("%s", note);
      notes.add(note);
    }
    if (!ofData) {
      notes.add(
          "labels are what the model itself says of the clean inputs: cleanAccuracy is 1 by definition");
      return data.withLabels(opened.judge().labels(data.inputs()));
    }
    return data;
  }

  private static void refuseWithoutGradients(List<Attack> attacks, AttackTarget opened) {
    if (opened.withoutGradients().isEmpty()) {
      return;
    }
    for (Attack attack : attacks) {
      Access access = AttackRun.access(attack);
      if (access.followsGradients() || access == Access.ONE_GRADIENT) {
        throw new BadInputException(
            "attack '%s' needs gradients, and model '%s' has none (%s); these need none: %s"
                .formatted(
                    attack.name(),
                    opened.name(),
                    opened.withoutGradients(),
                    String.join(", ", AttackListCommand.gradientFree())));
      }
    }
  }

  private void noteTestRun(Console console, Report report, List<String> notes, String sha256) {
    if (!part.split().equals("test")) {
      return;
    }
    TestLook.note(console, report, "attack", sha256, notes::add);
  }

  /** All that decides what comes out, batch size and what is only shown excepted. */
  private ObjectNode settings(
      List<Attack> attacks,
      AttackTarget opened,
      String dataHash,
      List<Integer> numbers,
      List<ReadModel> read) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("version", Version.current()).put("target", opened.name()).put("data", dataHash);
    opened.hashes().forEach(node::put);
    node.put("adaptive", targetOptions.adaptive).put("looks", targetOptions.looks);
    node.put("knowledge", targetOptions.knowledge().name())
        .put("draws", targetOptions.drawsAsGiven())
        .put("pull", targetOptions.pull().name());
    node.put("sample", numbers.hashCode()).put("seed", common.seed()).put("labels", groundTruth);
    node.put("eps", Double.toString(attackOptions.epsilon()));
    node.put("independent", attackOptions.independent);
    node.put(
        "encoding",
        opened instanceof AttackedModel model ? model.encoding().toString() : "its own");
    read.forEach(each -> node.put("classes", each.classes().outputOf().toString()));
    node.put("sanity", sanity.name());
    var all = node.putArray("attacks");
    attacks.forEach(a -> all.add(a.name() + " " + a.settings()));
    return node;
  }

  private @Nullable SanityFigures sanity(
      Console console, AttackTarget opened, AttackData data, @Nullable RunFolder folder) {
    if (sanity == Sanity.NONE
        || opened instanceof GuardTarget
        || !opened.withoutGradients().isEmpty()) {
      return null;
    }
    Optional<SanityFigures> kept =
        folder == null ? Optional.empty() : folder.kept("sanity").map(SanityFigures::of);
    if (kept.isPresent()) {
      return kept.get();
    }
    SanityFigures figures;
    try (Progress progress = console.progress("sanity runs")) {
      figures =
          new SanityRuns(
                  opened.victim(),
                  opened.judge(),
                  AttackListCommand::make,
                  sanity == Sanity.FULL ? SanityRuns.Settings.full() : SanityRuns.Settings.quick(),
                  common.seed())
              .run(
                  Norm.valueOf(attackOptions.norm().toUpperCase(Locale.ROOT)),
                  attackOptions.epsilon(),
                  data.inputs(),
                  new Share(progress)::to);
    }
    if (folder != null && figures != null) {
      folder.keep("sanity", figures.toJson());
    }
    return figures;
  }

  /** What the attacker knows of the guard is the run's, whatever the attack by itself knows. */
  private GuardStudy study(GuardTarget guard, List<Attack> attacks, AttackData data, int draws) {
    return new GuardStudy(
        guard, attacks.get(0), targetOptions.knowledge(), draws, few(data), common.seed());
  }

  /** With {@code --draws auto} what more and more draws break, until it is flat; else empty. */
  private List<Evidence.DrawPoint> foundDraws(
      Console console, AttackTarget opened, List<Attack> attacks, AttackData data) {
    if (!targetOptions.autoDraws() || !(opened instanceof GuardTarget guard)) {
      return List.of();
    }
    List<Evidence.DrawPoint> points;
    try (Progress progress = console.progress("how many draws")) {
      points = study(guard, attacks, data, 1).drawsUntilFlat(MOST_DRAWS, new Share(progress)::to);
    }
    for (Evidence.DrawPoint point : points) {
      console.note("undetected with %d draws: %s", point.draws(), point.success());
    }
    return points;
  }

  /** The last but one where the last broke no more; the last where it did. */
  private static int enough(List<Evidence.DrawPoint> points) {
    Evidence.DrawPoint last = points.get(points.size() - 1);
    Evidence.DrawPoint before = points.get(points.size() - 2);
    return FallacyGuard.stillGrows(before, last) ? last.draws() : before.draws();
  }

  private @Nullable GuardFigures guard(
      Console console,
      AttackTarget opened,
      List<Attack> attacks,
      Dataset dataset,
      AttackData data,
      AttackRun run,
      @Nullable RunFolder folder,
      int drawn,
      List<Evidence.DrawPoint> found) {
    if (!(opened instanceof GuardTarget guard)) {
      return null;
    }
    GuardStudy studied = study(guard, attacks, data, drawn);
    boolean more = study > 0 && targetOptions.adaptive;
    List<GuardFigures.Layer> layers = List.of();
    List<Evidence.DrawPoint> draws = found;
    List<GuardFigures.Benign> benign = List.of();
    if (more) {
      try (Progress progress = console.progress("layer by layer")) {
        layers = studied.layers(guard.calibrationTracks(dataset), new Share(progress)::to);
      }
      if (found.isEmpty()) {
        try (Progress progress = console.progress("over the draws")) {
          draws = studied.drawCurve(new Share(progress)::to);
        }
      }
    }
    if (study > 0) {
      try (Progress progress = console.progress("harmless corruptions")) {
        benign = studied.benign(new Share(progress)::to);
      }
    }
    return new GuardFigures(
        guard.policyName(),
        targetOptions.adaptive
            ? ThreatModel.words(targetOptions.knowledge())
            : "all models, and nothing of the guard",
        targetOptions.adaptive,
        targetOptions.adaptive ? drawn : 1,
        targetOptions.looks,
        GuardStudy.undetected(run),
        GuardStudy.undetectedOnce(run),
        GuardStudy.recovery(run),
        GuardStudy.falseAlarms(run),
        GuardStudy.guardedAccuracy(run),
        layers,
        draws,
        benign,
        guard.thresholds(),
        floor(console, guard, attacks, data, folder));
  }

  /** The members by themselves, at half the budget; null where no change has a size to halve. */
  private @Nullable Floor floor(
      Console console,
      GuardTarget guard,
      List<Attack> attacks,
      AttackData data,
      @Nullable RunFolder folder) {
    if (!targetOptions.adaptive
        || attackOptions.isTargeted()
        || !(attacks.get(0).threatModel().budget() instanceof ThreatModel.Perturbation change)
        || !Double.isFinite(change.epsilon())
        || change.norm() == Norm.L0) {
      return null;
    }
    Optional<Floor> kept = folder == null ? Optional.empty() : folder.kept("floor").map(Floor::of);
    if (kept.isPresent()) {
      return kept.get();
    }
    double half = change.epsilon() / 2;
    Map<String, String> settings = new LinkedHashMap<>(attackOptions.of(attacks.get(0).name(), -1));
    settings.put("eps", Double.toString(half));
    Attack weaker = AttackListCommand.make(attacks.get(0).name(), settings);
    Floor floor;
    try (Progress progress = console.progress("members at half the budget")) {
      floor =
          guard.floor(weaker, half, data.inputs(), batch, common.seed(), new Share(progress)::to);
    }
    if (folder != null) {
      folder.keep("floor", floor.toJson());
    }
    return floor;
  }

  /** The first inputs of the sample that the studies beside the attack use, evenly spread. */
  private Inputs few(AttackData data) {
    int all = data.inputs().count();
    int count = Math.max(1, Math.min(study, all));
    return data.inputs()
        .rows(IntStream.range(0, count).map(i -> (int) ((long) i * all / count)).toArray());
  }

  private List<ControlCurve> controls(Console console, AttackTarget opened, AttackData data) {
    if (!(opened instanceof DefendedTarget defended) || study == 0) {
      return List.of();
    }
    try (Progress progress = console.progress("positive control")) {
      return ControlRuns.run(
          defended, targetOptions.draws(), few(data), common.seed(), new Share(progress)::to);
    }
  }

  private void notes(List<String> notes, Split whole, List<Integer> numbers, AttackRun run) {
    if (numbers.size() < whole.samples().size()) {
      notes.add(
          "a sample of %d of the %d inputs of split '%s'"
              .formatted(numbers.size(), whole.samples().size(), part.split()));
    }
    for (AttackFigures attack : run.attacks()) {
      if (attack.lost() > 0) {
        notes.add(
            "attack '%s' reported %d successes that the exact model does not confirm; they do not count"
                .formatted(attack.name(), attack.lost()));
      }
    }
    if (!run.whole()) {
      notes.add("the run was stopped before every input was done");
    }
  }

  /** The command as it was called, without where its reports go. */
  private String repeat() {
    return RepeatedCommand.of(spec, "attack", List.of("--json", "--report", "--resume"), List.of());
  }

  private void finish(Console console, Report report, RobustnessReport result) throws IOException {
    result.fill(report);
    certificate.put(report);
    report.warnings().forEach(warning -> console.say("! %s", warning));
    console.say("%n%s, split '%s'", result.subject(), part.split());
    console.say("  %-28s %s", "clean accuracy", result.clean());
    for (AttackFigures attack : result.attacks()) {
      for (AttackFigures stage : attack.stages()) {
        line(console, "    after " + stage.name(), stage);
      }
      line(console, (result.independent() ? "  " : "  after ") + attack.name(), attack);
    }
    console.say("  %-28s %s", result.standingName(), result.robust());
    console.say("  %-28s %s", "attack success", result.success());
    GuardFigures guard = result.guard();
    if (guard != null) {
      console.say("  %-28s %s", "undetected attacks", guard.undetected());
      console.say("  %-28s %s", "undetected in any look", guard.undetectedOnce());
      console.say("  %-28s %s", "recovery", guard.recovery());
      console.say("  %-28s %s", "false alarms, same inputs", guard.falseAlarms());
      Floor floor = guard.floor();
      if (floor != null) {
        console.say(
            "  %-28s %s: '%s' by itself at half the budget",
            "floor", floor.best().error(), floor.best().name());
      }
      guard
          .layers()
          .forEach(
              layer ->
                  console.say(
                      "    %-26s undetected %s; false alarms %s",
                      layer.name(), layer.undetected(), layer.falseAlarms()));
    }
    for (ControlCurve curve : result.controls()) {
      for (ControlCurve.Point point : curve.points()) {
        console.say(
            "    %-28s at %.4f: unbroken %s",
            curve.name(), point.epsilon(), point.robustAccuracy());
      }
    }
    if (page != null) {
      WholeFile.write(page, RobustnessPage.of(result, report.toJson()));
      console.note("report: %s", page);
    }
    console.report(report.toJson());
  }

  private static void line(Console console, String name, AttackFigures attack) {
    console.say(
        "%-30s %s  %.1f s, %d queries",
        name, attack.robustAccuracy(), attack.seconds(), attack.queries());
  }
}
