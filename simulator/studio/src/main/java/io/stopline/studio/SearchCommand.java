package io.stopline.studio;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.SearchProgress;
import io.stopline.attacks.ThreatModel;
import io.stopline.campaign.AlterationKinds;
import io.stopline.campaign.AlterationSearch;
import io.stopline.campaign.AlterationSearch.Kind;
import io.stopline.campaign.AlterationSearch.Knowledge;
import io.stopline.campaign.Found;
import io.stopline.campaign.FrameScore;
import io.stopline.campaign.Judged;
import io.stopline.campaign.ThreatModelJson;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Report;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.alteration.BenignTwin;
import io.stopline.scene.alteration.ProjectedLight;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.scene.sign.SignArt;
import java.awt.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code stopline search}. */
@Command(
    name = "search",
    footer = {"", "Example:", "  stopline search drive.yaml --json found.json --picture found.png"},
    description = {
      "Search for stickers, a shadow or graffiti on a sign that fool the models over a whole"
          + " drive.",
      "",
      "The attacker asks for scores through the camera model and knows no gradients. What is found"
          + " is judged on views that the search has not seen, and beside it the clean sign and the"
          + " same material where nobody searched for harm.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:found: the attack holds in at least 80 %% of the near views not seen",
      "1:not found",
      "2:wrong usage or bad input",
      "3:Stopline or the machine failed"
    })
final class SearchCommand implements Callable<Integer> {

  private static final int STOP = 14;

  @Mixin private CommonOptions common;

  @Mixin private BundleOptions bundleOptions;

  @Parameters(
      paramLabel = "SCENARIO.yaml",
      arity = "0..1",
      description = "The drive; without it a drive up to a sign of --class, drawn from --seed.")
  private @Nullable Path file;

  @Option(
      names = "--class",
      paramLabel = "N",
      description = "Class of the sign, 0..42, without a scenario (default: 14, stop).")
  private @Nullable Integer signClass;

  @Option(
      names = "--sign",
      paramLabel = "N",
      defaultValue = "0",
      description = "Which sign of the scenario, from 0 (default: ${DEFAULT-VALUE}).")
  private int sign;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "stickers",
      converter = KindWord.class,
      completionCandidates = KindWord.class,
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Kind kind;

  @Option(
      names = "--against",
      paramLabel = "WHOM",
      defaultValue = "ensemble",
      description =
          "ensemble: the bare models; guard: adaptively, the wrong label must be accepted too"
              + " (default: ${DEFAULT-VALUE}).")
  private Knowledge against;

  @Option(
      names = "--area",
      paramLabel = "SHARE",
      description =
          "Share of the sign (of the frame, for lensDots) that may be covered (default: what is"
              + " usual for the kind, 0.15 for stickers). Shadow, stripes and phantom: all of it.")
  private @Nullable Double area;

  @Option(
      names = "--irradiance",
      paramLabel = "TIMES",
      description =
          "Light that may be added, times the daylight (default: what is usual for the kind).")
  private @Nullable Double irradiance;

  @Option(
      names = "--queries",
      paramLabel = "N",
      description = "Views to ask for at most (default: 20000; against the guard 6000).")
  private @Nullable Long queries;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that ask (default: one a processor); the result is the same.")
  private @Nullable Integer threads;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the scenario with the alteration on its sign.")
  private @Nullable Path out;

  @Option(
      names = "--picture",
      paramLabel = "PNG",
      description = "Write a picture of the clean, the altered and the benign face and of frames.")
  private @Nullable Path picture;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    Scenario scenario = scenario();
    if (sign < 0 || sign >= scenario.signs().size()) {
      throw new BadInputException(
          "--sign %d: scenario '%s' has %d signs, counted from 0"
              .formatted(sign, scenario.name(), scenario.signs().size()));
    }
    if (area != null && !(area > 0 && area <= 1)) {
      throw new BadInputException("--area is " + area + "; it must be above 0 and at most 1");
    }
    if (irradiance != null && !(irradiance > 0 && irradiance <= ProjectedLight.MOST_IRRADIANCE)) {
      throw new BadInputException(
          "--irradiance is %s; it must be above 0 and at most %s"
              .formatted(irradiance, ProjectedLight.MOST_IRRADIANCE));
    }
    AlterationKinds.Usual usual = AlterationKinds.of(kind);
    Bundle bundle = bundleOptions.bundle();
    PolicyFile policy = bundleOptions.policy(bundle);
    List<String> labels = bundle.labels(policy);
    AlterationSearch search = new AlterationSearch(bundle, policy.policy().name());
    DriveRenderer drive = DriveRenderer.of(scenario);
    AlterationSearch.Settings settings =
        new AlterationSearch.Settings(
            kind,
            against,
            area != null ? area : usual.areaShare(),
            AlterationSearch.Settings.MOST_PIECES,
            queries != null ? queries : against == Knowledge.GUARD ? 6000 : 20_000,
            threads != null ? threads : Runtime.getRuntime().availableProcessors(),
            irradiance != null ? irradiance : usual.irradiance());
    Found found;
    try (Progress progress = console.progress("searching", settings.queries(), "queries")) {
      long[] told = {0};
      SearchProgress each =
          step -> {
            progress.step(step.queries() - told[0]);
            told[0] = step.queries();
          };
      found = search.find(drive, sign, settings, List.of(), common.seed(), each);
    }
    Shape outline = SignArt.of(scenario.signs().get(sign).signClass()).outline();
    Alteration twin = BenignTwin.of(found.alteration(), outline, common.seed());
    Judged clean = search.judge(drive, sign, null, common.seed());
    Judged benign = search.judge(drive, sign, twin, common.seed());

    say(console, found, clean, benign, labels);
    Report json = new Report("search", common.seed());
    BundleOptions.hashes(json, bundle, policy);
    describe(json, scenario, settings, found, clean, benign, outline, twin, labels);
    console.report(json.toJson());
    if (out != null) {
      WholeFile.write(
          out,
          ScenarioFile.textAt(
              out,
              drive.withAlteration(sign, found.alteration()).scenario(),
              List.of("found by 'stopline search'", found.threatModel().describe())));
    }
    if (picture != null) {
      PngFile.write(SearchPicture.of(drive, sign, found, twin), picture);
    }
    return found.holds() ? ExitCode.OK : ExitCode.FOUND;
  }

  /** Kinds by the words that scenario files have for them, in any case. */
  static final class KindWord extends ArrayList<String> implements ITypeConverter<Kind> {
    private static final long serialVersionUID = 1;

    KindWord() {
      super(AlterationKinds.words());
    }

    @Override
    public Kind convert(String word) {
      for (String known : this) {
        if (known.equalsIgnoreCase(word)) {
          return AlterationKinds.named(known);
        }
      }
      try {
        return AlterationKinds.named(word);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  private Scenario scenario() {
    if (file == null) {
      // Where nobody says which conditions there are, those in which the kind can be seen at all.
      return AlterationKinds.conditions(
          kind, Approach.to(signClass == null ? STOP : signClass, common.seed()));
    }
    if (signClass != null) {
      throw new BadInputException(
          "--class is for drives without a scenario; '%s' says which signs there are, choose one"
                  .formatted(file)
              + " with --sign");
    }
    return ScenarioFile.read(file);
  }

  private static void say(
      Console console, Found found, Judged clean, Judged benign, List<String> labels) {
    console.say("%s", found.threatModel().describe());
    console.say(
        "%s: %.1f %% of the sign, after %d queries in %.1f s",
        found.alteration().getClass().getSimpleName().toLowerCase(Locale.ROOT),
        100 * found.coveredShare(),
        found.queries(),
        found.seconds());
    console.say("near views not seen by the search:");
    line(console, "clean", clean);
    line(console, "altered", found.judged());
    line(console, "benign twin", benign);
    console.say("wrong labels: %s", wrong(found.judged(), labels));
    if (!found.holds()) {
      console.say("Not found: an attack counts from 80 % on; more --queries or --area may help.");
    }
  }

  private static void line(Console console, String name, Judged judged) {
    console.say(
        "  %-12s bare ensemble wrong %s; guard accepts a wrong label %s, suspects %s",
        name, judged.ensembleErrors(), judged.wrongAccepted(), judged.suspect());
  }

  private static String wrong(Judged judged, List<String> labels) {
    return judged.wrongLabels().entrySet().stream()
        .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
        .map(e -> "%s (%d)".formatted(labels.get(e.getKey()), e.getValue()))
        .collect(Collectors.joining(", "));
  }

  private void describe(
      Report json,
      Scenario scenario,
      AlterationSearch.Settings settings,
      Found found,
      Judged clean,
      Judged benign,
      Shape outline,
      Alteration twin,
      List<String> labels) {
    json.warn("rendered, one drive: its frames are not independent, intervals are for this drive");
    if (settings.knowledge() == Knowledge.ENSEMBLE) {
      json.warn(
          "the attacker does not know the guard: what the guard does with it is no robustness");
    }
    ThreatModel t = found.threatModel();
    ObjectNode f = json.fields();
    f.put("scenario", scenario.name());
    f.put("signClass", scenario.signs().get(sign).signClass());
    f.set("threatModel", ThreatModelJson.of(t));
    f.put("adaptive", t.guard() != ThreatModel.GuardKnowledge.NONE);
    if (t.budget() instanceof ThreatModel.Area area) {
      f.put("draws", area.drawsPerCandidate());
    }
    f.put("holds", found.holds());
    f.put("coveredShare", found.coveredShare());
    f.put("queries", found.queries());
    f.put("seconds", found.seconds());
    f.set("attackSuccessRate", found.judged().ensembleErrors().toJson());
    f.set("undetectedAttackSuccessRate", found.judged().wrongAccepted().toJson());
    f.set("altered", node(found.judged(), labels));
    f.set("clean", node(clean, labels));
    ObjectNode control = node(benign, labels);
    control.put("coveredShare", AlterationPainter.coveredShare(outline, twin));
    f.set("benignTwin", control);
    var frames = f.putArray("frames");
    for (FrameScore s : found.judged().frames()) {
      frames
          .addObject()
          .put("frame", s.frame())
          .put("draw", s.draw())
          .put("heightPixels", s.heightPixels())
          .put("label", s.label())
          .put("probability", s.probability())
          .put("margin", s.margin())
          .put("ensembleWrong", s.ensembleWrong())
          .put("firstMemberWrong", s.firstMemberWrong())
          .put("decision", s.decision().name())
          .put("wrongAccepted", s.wrongAccepted());
    }
  }

  private static ObjectNode node(Judged judged, List<String> labels) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("ensembleErrors", judged.ensembleErrors().toJson());
    node.set("ensembleErrorsAtTheTrueBox", judged.ensembleErrorsAtTheTrueBox().toJson());
    node.set("firstMemberErrors", judged.firstMemberErrors().toJson());
    node.set("wrongAccepted", judged.wrongAccepted().toJson());
    node.set("wrongReleasedUnsuspected", judged.wrongReleasedUnsuspected().toJson());
    node.set("suspect", judged.suspect().toJson());
    ObjectNode wrong = node.putObject("wrongLabels");
    judged.wrongLabels().forEach((label, n) -> wrong.put(labels.get(label), n));
    return node;
  }
}
