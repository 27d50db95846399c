package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command on real models and images, few of them. */
final class AttackCommandTest {

  private static TinySigns signs;

  @BeforeAll
  static void cutSigns() throws IOException {
    signs = TinySigns.of(SharedFiles.path("data/gtsrb"));
  }

  @AfterAll
  static void removeSigns() throws IOException {
    signs.close();
  }

  @TempDir Path folder;

  private static CommandLineRun attack(String model, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "attack",
                "--model",
                SharedFiles.path(model).toString(),
                "--data",
                signs.folder().toString()));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray(String[]::new));
  }

  /** The shipped guard by an attacker who knows it, and each member by itself beside it. */
  @Test
  void aGuardIsSeenBesideItsMembersAtHalfTheBudget() {
    Path page = folder.resolve("guard.html");
    CommandLineRun run =
        CommandLineRun.of(
            "attack",
            "--guard",
            "traffic-signs",
            "--adaptive",
            "--data",
            signs.folder().toString(),
            "--limit",
            "4",
            "--eps",
            "8/255",
            "--option",
            "steps=4",
            "--option",
            "targets=0",
            "--draws",
            "1",
            "--looks",
            "2",
            "--study",
            "0",
            "--report",
            page.toString(),
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode floor = run.json().path("floor");
    assertThat(floor.path("epsilon").asDouble()).isCloseTo(4 / 255.0, within(1e-9));
    assertThat(floor.path("members").findValuesAsText("name"))
        .containsExactly("mobile-int8", "res-int8", "local-int8", "robust-int8", "windows-int8");
    assertThat(floor.path("error").path("of").asInt()).isEqualTo(4);
    assertThat(floor.path("members").findPath("error").path("value").asDouble())
        .isGreaterThanOrEqualTo(floor.path("error").path("value").asDouble());
    assertThat(page).content().contains("at half the budget", "windows-int8");
  }

  @Test
  void automaticDrawsAreRefusedWhereNothingCouldBeFound() {
    CommandLineRun bare = attack("models/mobile-float32.tflite", "--draws", "auto");
    assertThat(bare.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(bare.err()).contains("--draws auto is for a guard");
    CommandLineRun none =
        CommandLineRun.of(
            "attack",
            "--guard",
            "traffic-signs",
            "--adaptive",
            "--data",
            signs.folder().toString(),
            "--study",
            "0",
            "--draws",
            "auto");
    assertThat(none.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(none.err()).contains("--study, which is 0");
    assertThat(attack("models/mobile-float32.tflite", "--draws", "many").err())
        .contains("--draws is 'many'; give 1 to 1000, or auto");
  }

  @Test
  void aModelIsAttackedMeasuredAndReported() throws IOException {
    Path page = folder.resolve("out/report.html");
    CommandLineRun run =
        attack(
            "models/mobile-float32.tflite",
            "--limit",
            "20",
            "--attack",
            "pgd,square",
            "--norm",
            "linf",
            "--eps",
            "8/255",
            "--no-rounding",
            "--option",
            "pgd.steps=5",
            "--option",
            "square.queries=40",
            "--report",
            page.toString(),
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode json = run.json();
    assertThat(json.fieldNames())
        .toIterable()
        .contains(
            "command",
            "version",
            "date",
            "seed",
            "hashes",
            "hardware",
            "warnings",
            "data",
            "threatModels",
            "cleanAccuracy",
            "robustAccuracy",
            "attackSuccessRate",
            "attacks",
            "sanity");
    assertThat(json.path("threatModels").findValuesAsText("attack")).contains("pgd", "square");
    for (JsonNode threat : json.path("threatModels")) {
      assertThat(threat.at("/budget/epsilon").asDouble()).isEqualTo(8.0 / 255);
      assertThat(threat.at("/budget/rounding").asBoolean()).isFalse();
    }
    // What each may ask is its own, not that of the first.
    assertThat(
            StreamSupport.stream(json.path("threatModels").spliterator(), false)
                .filter(threat -> threat.path("attack").asText().endsWith("square"))
                .mapToInt(threat -> threat.at("/budget/queries").asInt()))
        .containsOnly(40);
    // The models saw these signs in training, and no defence is in them.
    assertThat(json.at("/cleanAccuracy/count").asInt()).isGreaterThanOrEqualTo(18);
    assertThat(json.at("/robustAccuracy/count").asInt()).isLessThanOrEqualTo(8);
    assertThat(json.at("/attacks/0/name").asText()).isEqualTo("pgd");
    assertThat(json.at("/attacks/0/settings/steps").asInt()).isEqualTo(5);
    assertThat(json.at("/attacks/0/queries").asLong()).isPositive();
    assertThat(json.at("/attacks/0/brokenInputs")).hasSize(json.at("/attacks/0/broken").asInt());
    assertThat(json.at("/attacks/1/attacked"))
        .isEqualTo(json.at("/attacks/0/robustAccuracy/count"));
    assertThat(json.at("/attacks/1/robustAccuracy")).isEqualTo(json.get("robustAccuracy"));
    assertThat(json.at("/attacks/0/budgetViolations").asInt()).isZero();
    // So few inputs: the interval says little, and so the word is withheld.
    assertThat(json.at("/fallacies")).hasSize(1);
    assertThat(json.at("/fallacies/0/rule").asText()).isEqualTo("small-sample");
    assertThat(json.at("/warnings/0").asText()).contains("20 inputs are too few");
    assertThat(json.at("/repeat").asText())
        .contains("./stopline attack --model", "--eps 8/255")
        .doesNotContain("--json", "report.html");
    assertThat(Files.readString(page)).contains("Why not to trust these figures", "Worst examples");
    assertThat(run.err()).contains("pixels as 0..1", "accuracy under these attacks");
  }

  @Test
  void aTargetIsGivenByNameOrNumber() {
    for (String target : new String[] {"stop", "14"}) {
      CommandLineRun run =
          attack(
              "models/mobile-float32.tflite",
              "--limit",
              "2",
              "--attack",
              "pgd",
              "--option",
              "steps=2",
              "--sanity",
              "none",
              "--targeted",
              target,
              "--json",
              "-");
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
      assertThat(run.json().at("/attacks/0/settings/targeted").asInt()).isEqualTo(14);
    }
  }

  @Test
  void anInterruptedRunIsTakenUpWithTheSameResult() throws IOException {
    Path kept = folder.resolve("run");
    String[] options = {
      "--limit",
      "12",
      "--attack",
      "fgsm",
      "--eps",
      "2/255",
      "--sanity",
      "none",
      "--batch",
      "5",
      "--resume",
      kept.toString(),
      "--json",
      "-"
    };
    ObjectNode whole = (ObjectNode) attack("models/mobile-float32.tflite", options).json();
    List<String> lines = Files.readAllLines(kept.resolve("batches.jsonl"));
    assertThat(lines).hasSize(3);
    // As a kill leaves it: one batch, and half of the next.
    Files.writeString(
        kept.resolve("batches.jsonl"), lines.get(0) + "\n" + lines.get(1).substring(0, 100));
    ObjectNode resumed = (ObjectNode) attack("models/mobile-float32.tflite", options).json();
    assertThat(withoutTimes(resumed)).isEqualTo(withoutTimes(whole));

    options[5] = "3/255";
    CommandLineRun other = attack("models/mobile-float32.tflite", options);
    assertThat(other.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(other.err()).contains("holds another run").contains("name another folder");
  }

  private static ObjectNode withoutTimes(ObjectNode report) {
    report.get("attacks").forEach(a -> ((ObjectNode) a).remove("seconds"));
    report.remove("date");
    return report;
  }

  @Test
  void aModelOfOtherClassesIsRefusedOrAttackedAsItSeesThem() {
    CommandLineRun refused =
        attack("data/models/cifar10_resnet8_float.tflite", "--limit", "5", "--attack", "fgsm");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(refused.err()).contains("gives 10 scores", "has 43 classes", "--labels FILE");

    CommandLineRun run =
        attack(
            "data/models/vww_96_float.tflite",
            "--limit",
            "3",
            "--attack",
            "fgsm",
            "--ground-truth",
            "model",
            "--sanity",
            "none",
            "--json",
            "-");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.err()).contains("3 of 3 images were resized to the model's 96×96 px");
    assertThat(run.json().at("/cleanAccuracy/value").asDouble()).isEqualTo(1);
  }

  @Test
  void whatCannotBeRunIsToldInOneLine() {
    CommandLineRun unknown =
        attack("models/mobile-float32.tflite", "--limit", "5", "--attack", "magic");
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(unknown.err()).contains("no attack 'magic'");
    CommandLineRun eps = attack("models/mobile-float32.tflite", "--limit", "5", "--eps", "8/x");
    assertThat(eps.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(eps.err()).contains("--eps is '8/x'");
    CommandLineRun levels = attack("models/mobile-float32.tflite", "--limit", "5", "--eps", "8");
    assertThat(levels.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(levels.err()).contains("eps is '8'", "did you mean 8/255?");
    CommandLineRun target =
        attack(
            "models/mobile-float32.tflite",
            "--limit",
            "2",
            "--attack",
            "pgd",
            "--targeted",
            "Stpo");
    assertThat(target.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(target.err()).contains("--targeted: class 'Stpo' is unknown; did you mean 'Stop'?");
    CommandLineRun invalid =
        attack(
            "data/models/invalid_model_invoking_error.tflite", "--limit", "5", "--attack", "fgsm");
    assertThat(invalid.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(invalid.err()).contains("fake-op-double");
  }

  @Test
  void hiddenGradientsAreToldWhateverWasAskedForAndHonestModelsAreNotAccused() throws IOException {
    Path scaled = folder.resolve("x1000.tflite");
    CommandLineRun made =
        CommandLineRun.of(
            "attacks",
            "scale-logits",
            "--model",
            SharedFiles.path("models/mobile-float32.tflite").toString(),
            "--out",
            scaled.toString());
    assertThat(made.exitCode()).as(made.err()).isEqualTo(ExitCode.OK);
    assertThat(rules(scaled)).contains("masked-gradients");
    assertThat(rules(SharedFiles.path("models/mobile-float32.tflite")))
        .doesNotContain("masked-gradients", "no-full-success", "no-growth", "noise-as-strong");
  }

  @Test
  void attacksAreNamed() {
    CommandLineRun list = CommandLineRun.of("attacks", "list");
    assertThat(list.exitCode()).as(list.err()).isEqualTo(ExitCode.OK);
    assertThat(list.out()).contains("autoattack").contains("hopskipjump").contains("lens-dots");
  }

  private static List<String> rules(Path model) {
    CommandLineRun run =
        CommandLineRun.of(
            "attack",
            "--model",
            model.toString(),
            "--data",
            signs.folder().toString(),
            "--limit",
            "20",
            "--attack",
            "square",
            "--option",
            "queries=20",
            "--eps",
            "4/255",
            "--json",
            "-");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    List<String> rules = new ArrayList<>();
    run.json().get("fallacies").forEach(f -> rules.add(f.get("rule").asText()));
    return rules;
  }
}
