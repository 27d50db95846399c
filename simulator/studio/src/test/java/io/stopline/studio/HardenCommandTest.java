package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command on real models and signs, few of them. */
final class HardenCommandTest {

  private static final String MODEL = "models/local-float32.tflite";

  @TempDir Path folder;

  private static @Nullable TinySigns tiny;

  @AfterAll
  static void removeSigns() throws IOException {
    if (tiny != null) {
      tiny.close();
    }
  }

  private static Path signs() throws IOException {
    if (tiny == null) {
      tiny = TinySigns.of(SharedFiles.path("data/gtsrb"));
    }
    return tiny.folder();
  }

  /** What makes a training short. */
  private static List<String> brief(int epochs) {
    return List.of("epochs=" + epochs, "validate-sample=4", "validate-steps=1");
  }

  private List<String> arguments(String out, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("harden", "--data", signs().toString()));
    all.addAll(List.of("--out", folder.resolve(out).toString()));
    all.addAll(List.of(more));
    return all;
  }

  private static CommandLineRun run(List<String> arguments, List<String> more) {
    return CommandLineRun.of(
        Stream.concat(arguments.stream(), more.stream()).toArray(String[]::new));
  }

  private CommandLineRun refused(String out, String... more) throws IOException {
    CommandLineRun run = run(arguments(out, more), List.of());
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.BAD_INPUT);
    return run;
  }

  @Test
  void aStrangersFileIsHardenedQuantisedMeasuredAndReported() throws IOException {
    Path page = folder.resolve("report.html");
    Path json = folder.resolve("report.json");
    CommandLineRun run =
        run(
            arguments(
                "hard.tflite",
                "--model",
                SharedFiles.path(MODEL).toString(),
                "--method",
                "pgd",
                "--eps",
                "4/255",
                "steps=1",
                "--int8",
                "--attack",
                "fgsm",
                "--attack-eps",
                "2/255,4/255",
                "--limit",
                "6",
                "--no-sanity",
                "--seed",
                "5",
                "--report",
                page.toString(),
                "--json",
                json.toString()),
            brief(1));

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    Path hard = folder.resolve("hard.tflite");
    assertThat(Files.size(hard)).isEqualTo(Files.size(SharedFiles.path(MODEL)));
    assertThat(Files.readAllBytes(hard)).isNotEqualTo(Files.readAllBytes(SharedFiles.path(MODEL)));
    try (TfLiteModel before = load(SharedFiles.path(MODEL));
        TfLiteModel after = load(hard)) {
      assertThat(after.inputs()).isEqualTo(before.inputs());
      assertThat(after.outputs()).isEqualTo(before.outputs());
    }
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.at("/command").asText()).isEqualTo("harden");
    assertThat(report.at("/seed").asLong()).isEqualTo(5);
    assertThat(report.at("/data/split").asText()).isEqualTo("validation");
    assertThat(report.at("/training/method").asText()).isEqualTo("pgd");
    assertThat(report.at("/training/settings/eps").asText()).isEqualTo("4/255");
    assertThat(report.at("/training/settings/validate-eps").asDouble()).isEqualTo(4 / 255.0);
    assertThat(report.at("/training/data/trainTracks").asInt()).isEqualTo(86);
    assertThat(report.at("/training/epochs")).hasSize(1);
    assertThat(report.at("/training/ended").asText()).isEqualTo("plan");
    assertThat(report.at("/training/askedEpochs").asInt()).isEqualTo(1);
    assertThat(report.at("/training/events")).isEmpty();
    assertThat(report.findValuesAsText("role")).containsExactly("before", "after", "int8");
    for (JsonNode model : report.get("models")) {
      assertThat(model.at("/cleanAccuracy/of").asInt()).isEqualTo(43);
      assertThat(model.get("attacked")).hasSize(2);
      assertThat(model.at("/attacked/1/robustAccuracy/of").asInt()).isEqualTo(6);
    }
    assertThat(report.at("/changes/0/from").asText()).isEqualTo("before");
    assertThat(report.at("/changes/1/to").asText()).isEqualTo("int8");
    assertThat(report.at("/quantization/delegated").asBoolean()).isTrue();
    assertThat(report.at("/repeat").asText())
        .startsWith("./stopline harden --data")
        .contains("--eps 4/255", "epochs=1")
        .doesNotContain("--json", "--report");
    // So few inputs: the word is withheld everywhere.
    assertThat(report.at("/warnings/0").asText()).contains("before");
    assertThat(run.out())
        .contains("accuracy under these attacks at 2/255")
        .doesNotContain("robust accuracy");
    assertThat(Files.readString(page))
        .contains("Why not to trust these figures", "Before and after", "Frontier", "<svg")
        .doesNotContain("<script", "http://", "https://");
    assertThat(Files.readString(folder.resolve("hard.md")))
        .contains("# hard.tflite", "method `pgd`", "`eps=4/255`", "Seed 5", "## Limits")
        .contains(report.at("/hashes/model:after").asText());
    assertThat(folder.resolve("hard.checkpoint")).doesNotExist();
    assertThat(load(folder.resolve("hard-int8.tflite")).inputs().get(0).type().name())
        .isEqualTo("UINT8");
  }

  private static TfLiteModel load(Path file) throws IOException {
    return TfLiteModel.load(
        file.getFileName().toString(), Files.readAllBytes(file), RuntimeOptions.defaults());
  }

  @Test
  void aRecipeSaysTheSameInOneFileAndTheCommandLineGoesBefore() throws IOException {
    Path recipe = folder.resolve("recipe.yaml");
    Files.writeString(
        recipe,
        """
        architecture: local
        method: standard
        seed: 9
        time: 30m
        settings:
          smoothing: 0.1
          epochs: 7
          validate-sample: 4
          validate-steps: 1
        figures:
          attack-limit: 0
        """);
    CommandLineRun run =
        run(
            arguments("fresh.tflite", "--recipe", recipe.toString(), "--json", "-"),
            List.of("epochs=1"));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode report = run.json();
    assertThat(report.at("/seed").asLong()).isEqualTo(9);
    assertThat(report.at("/start").asText()).isEqualTo("architecture 'local'");
    assertThat(report.at("/training/settings/smoothing").asText()).isEqualTo("0.1");
    assertThat(report.at("/training/plannedEpochs").asInt()).isEqualTo(1);
    assertThat(report.at("/training/settings/weights").asText()).isEqualTo("standardised");
    // A fresh architecture has no before, and nothing was attacked.
    assertThat(report.findValuesAsText("role")).containsExactly("after");
    assertThat(report.at("/models/0/attacked")).isEmpty();
    assertThat(load(folder.resolve("fresh.tflite")).outputs().get(0).shape())
        .containsExactly(1, 43);
  }

  /** The real model, trained without a defence and attacked by nobody. */
  private static List<String> standard(int epochs) {
    List<String> settings = new ArrayList<>(brief(epochs));
    settings.addAll(
        List.of(
            "--model",
            SharedFiles.path(MODEL).toString(),
            "--method",
            "standard",
            "--attack-limit=0"));
    return settings;
  }

  @Test
  void whatTheTimeLimitOrAKillCutsShortIsResumedToTheSameWeights() throws Exception {
    List<String> settings = standard(3);
    CommandLineRun whole = run(arguments("whole.tflite"), settings);
    assertThat(whole.exitCode()).as(whole.err()).isEqualTo(ExitCode.OK);

    // Killed as Ctrl-C does it, in the middle, in a process of its own.
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    List<String> interrupted = new ArrayList<>(settings);
    // Unlike the plan, the limit and the pace of checkpoints may differ from run to run.
    interrupted.add("checkpoint-every=0");
    command.addAll(arguments("cut.tflite"));
    command.addAll(interrupted);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    StringBuilder said = new StringBuilder();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.append(line).append('\n');
        if (line.startsWith("epoch 1")) {
          // Not the process itself: that would close the stream that is being read.
          process.toHandle().destroy();
        }
      }
    }
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said.toString()).isEqualTo(128 + 15);
    assertThat(said).contains("nothing is lost", "--resume");
    assertThat(folder.resolve("cut.tflite")).doesNotExist();
    assertThat(folder.resolve("cut.checkpoint")).exists();

    CommandLineRun twice = run(arguments("cut.tflite"), interrupted);
    assertThat(twice.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(twice.err()).contains("there is already a checkpoint", "resume");
    List<String> resume = new ArrayList<>(interrupted);
    resume.add("--resume");
    CommandLineRun resumed = run(arguments("cut.tflite"), resume);
    assertThat(resumed.exitCode()).as(resumed.err()).isEqualTo(ExitCode.OK);
    assertThat(Files.readAllBytes(folder.resolve("cut.tflite")))
        .isEqualTo(Files.readAllBytes(folder.resolve("whole.tflite")));
  }

  @Test
  void theTimeLimitLeavesAModelAndSaysHowToGoOn() throws IOException {
    List<String> settings = standard(100_000);
    // A plan that is fitted into the limit may end before it: how fast epochs are is only
    // estimated.
    settings.addAll(List.of("--time", "1s", "--json", "-", "fit=false"));
    CommandLineRun run = run(arguments("short.tflite"), settings);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.json().at("/training/ended").asText()).isEqualTo("time");
    assertThat(run.json().at("/warnings").toString()).contains("ended by its time limit");
    assertThat(folder.resolve("short.tflite")).exists();
    assertThat(folder.resolve("short.checkpoint")).exists();
  }

  @Test
  void aFloatFileIsQuantisedAndTheCostIsShown() throws IOException {
    Path out = folder.resolve("small.tflite");
    CommandLineRun run =
        CommandLineRun.of(
            "quantize",
            "--model",
            SharedFiles.path(MODEL).toString(),
            "--data",
            signs().toString(),
            "--out",
            out.toString(),
            "--images",
            "40",
            "--attack",
            "fgsm",
            "--attack-eps",
            "2/255",
            "--attack-limit",
            "4",
            "--no-sanity",
            "--json",
            "-");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(Files.size(out)).isLessThan(Files.size(SharedFiles.path(MODEL)) / 3);
    assertThat(run.json().at("/quantization/images").asInt()).isEqualTo(40);
    assertThat(run.json().findValuesAsText("role")).containsExactly("before", "int8");
    assertThat(Math.abs(run.json().at("/changes/0/cleanPoints").asDouble())).isLessThan(5);

    CommandLineRun again =
        CommandLineRun.of(
            "quantize",
            "--model",
            out.toString(),
            "--data",
            signs().toString(),
            "--out",
            folder.resolve("smaller.tflite").toString());
    assertThat(again.exitCode()).as(again.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(again.err()).contains("float");
  }

  @Test
  void whatCannotBeTrainedIsToldAtOnceInOneLine() throws IOException {
    String model = SharedFiles.path(MODEL).toString();
    assertThat(refused("x.tflite", "--model", "nowhere.tflite").err())
        .contains("model 'nowhere.tflite' does not exist");
    assertThat(refused("x.tflite").err()).contains("nothing to start from");
    assertThat(refused("x.txt", "--model", model).err()).contains("ends in .tflite");
    assertThat(
            refused("x.tflite", "--model", SharedFiles.path("models/local-int8.tflite").toString())
                .err())
        .contains("no float32 weights", "float32 file");
    assertThat(refused("x.tflite", "--model", model, "--method", "magic").err())
        .contains("no training method 'magic'", "trades");
    assertThat(refused("x.tflite", "--model", model, "warp=9").err())
        .contains("'trades' has no option 'warp'", "beta");
    assertThat(refused("x.tflite", "--model", model, "epochs=many").err())
        .contains("epochs is 'many'", "whole number");
    assertThat(refused("x.tflite", "--model", model, "--eps", "8/x").err()).contains("8/x");
    assertThat(refused("x.tflite", "--model", model, "--eps", "8").err())
        .contains("eps is '8'", "did you mean 8/255?");
    assertThat(refused("x.tflite", "--model", model, "--attack-eps", "8").err())
        .contains("--attack-eps is '8'", "did you mean 8/255?");
    assertThat(refused("x.tflite", "--model", model, "--time", "soon").err())
        .contains("time 'soon'", "60m");
    assertThat(refused("x.tflite", "--model", model, "--split", "train").err())
        .contains("give validation or test");
    assertThat(refused("x.tflite", "--model", model, "--attack", "magic").err())
        .contains("no attack 'magic'");
    assertThat(refused("x.tflite", "--model", model, "--architecture", "local").err())
        .contains("give one of them");
    assertThat(refused("x.tflite", "--architecture", "cathedral").err())
        .contains("cathedral", "local");
    assertThat(refused("x.tflite", "--model", model, "--recipe", "none.yaml").err())
        .contains("recipe 'none.yaml' does not exist");
    assertThat(refused("x.tflite", "--model", model, "--teacher", "none.tflite").err())
        .contains("teacher 'none.tflite' does not exist");
    Files.writeString(folder.resolve("there.tflite"), "mine");
    assertThat(refused("there.tflite", "--model", model).err())
        .contains("is there already", "--overwrite");
    assertThat(refused("there.tflite/x.tflite", "--model", model).err())
        .contains("cannot be written");
    assertThat(folder.resolve("there.tflite")).hasContent("mine");
  }

  @Test
  void dataThatDoNotTellSignsApartAreRefused() throws IOException {
    String model = SharedFiles.path(MODEL).toString();
    try (TinySigns signs = TinySigns.of(SharedFiles.path("data/gtsrb"))) {
      removeTracks(signs.folder());
      CommandLineRun run =
          CommandLineRun.of(
              "harden",
              "--model",
              model,
              "--data",
              signs.folder().toString(),
              "--out",
              folder.resolve("x.tflite").toString());
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(run.err())
          .contains("does not say of every image", "'track'", "stopline data pack");
    }
    CommandLineRun missing =
        CommandLineRun.of(
            "harden", "--model", model, "--data", "nowhere", "--out", folder + "/x.tflite");
    assertThat(missing.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(missing.err()).contains("data set 'nowhere' does not exist");
  }

  private static void removeTracks(Path signs) throws IOException {
    Path index = signs.resolve("train/index.csv");
    List<String> untracked = new ArrayList<>();
    for (String row : Files.readAllLines(index)) {
      List<String> cells = new ArrayList<>(List.of(row.split(",", -1)));
      cells.remove(10);
      untracked.add(String.join(",", cells));
    }
    Files.write(index, untracked);
    Files.delete(signs.resolve("split.csv"));
  }

  @Test
  void methodsAndTheirSettingsAreListed() {
    CommandLineRun all = CommandLineRun.of("harden", "list");
    assertThat(all.exitCode()).as(all.err()).isEqualTo(ExitCode.OK);
    assertThat(all.out()).contains("standard", "trades", "architectures to start from");
    CommandLineRun one = CommandLineRun.of("harden", "list", "trades");
    assertThat(one.out()).contains("beta", "epochs", "augment.rotation");
    assertThat(CommandLineRun.of("harden", "list", "magic").exitCode())
        .isEqualTo(ExitCode.BAD_INPUT);
  }
}
