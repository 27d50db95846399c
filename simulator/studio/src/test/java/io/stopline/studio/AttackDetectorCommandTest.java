package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command on SSD MobileNet and a real photograph of a road with a stop sign. */
final class AttackDetectorCommandTest {

  private static final String PHOTOGRAPH = "usgov/34501842524_3c858b3080_k.jpg";

  @TempDir Path folder;

  private Path boxes;

  @BeforeEach
  void writeBoxes() throws IOException {
    List<String> lines =
        Files.readAllLines(
            Path.of(System.getProperty("stopline.root"), "docs/detectors/scenes.csv"));
    boxes = folder.resolve("boxes.csv");
    Files.writeString(
        boxes,
        lines.get(0)
            + "\n"
            + lines.stream().filter(l -> l.startsWith(PHOTOGRAPH)).findFirst().orElseThrow()
            + "\n");
  }

  private CommandLineRun attack(String... more) {
    return attackFile(
        SharedFiles.path("data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite"), more);
  }

  private CommandLineRun attackFile(Path detector, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "attack",
                "--detector",
                detector.toString(),
                "--labels",
                SharedFiles.path("data/models/ssd_mobilenet_v1_coco_labelmap.txt").toString(),
                "--data",
                SharedFiles.path("data/scenes").toString(),
                "--box-table",
                boxes.toString()));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void aStopSignIsAttackedMeasuredReportedAndTakenUpAgain() throws IOException {
    Path page = folder.resolve("out/report.html");
    String[] options = {
      "--goal",
      "hide",
      "--patch-area",
      "0.2",
      "--steps",
      "8",
      "--draws",
      "1",
      "--judge-draws",
      "2",
      "--controls",
      "0",
      "--resume",
      folder.resolve("run").toString(),
      "--report",
      page.toString(),
      "--json",
      "-"
    };
    CommandLineRun run = attack(options);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode json = run.json();
    assertThat(json.fieldNames())
        .toIterable()
        .contains(
            "command",
            "version",
            "seed",
            "hashes",
            "hardware",
            "warnings",
            "data",
            "goal",
            "threatModels",
            "averagePrecision",
            "found",
            "hidden",
            "mislabelled",
            "overDraws",
            "controls",
            "objects",
            "fallacies",
            "repeat");
    assertThat(json.at("/averagePrecision/clean/value").asDouble()).isEqualTo(1);
    assertThat(json.at("/found/count").asInt()).isEqualTo(1);
    assertThat(json.at("/hidden/of").asInt()).isEqualTo(1);
    assertThat(json.at("/overDraws/mean/of").asInt()).isEqualTo(2);
    assertThat(json.at("/threatModels/0/goal").asText()).isEqualTo("hide");
    assertThat(json.at("/threatModels/0/budget/areaShare").asDouble()).isEqualTo(0.2);
    assertThat(json.at("/objects/0/label").asText()).isEqualTo("stop sign");
    assertThat(json.at("/objects/0/changedPixels").asLong())
        .isPositive()
        .isLessThanOrEqualTo(json.at("/objects/0/allowedPixels").asLong());
    assertThat(json.at("/budgetViolations").asInt()).isZero();
    assertThat(json.findValuesAsText("rule")).contains("weak-attacks", "no-sanity", "small-sample");
    assertThat(json.at("/repeat").asText())
        .startsWith("./stopline attack --detector")
        .doesNotContain("--json", "report.html", "--resume");
    assertThat(Files.readString(page))
        .contains("Why not to trust these figures", "Average precision", "data:image/png");

    List<String> withPatches = new ArrayList<>(List.of(options));
    Path patches = folder.resolve("patches");
    withPatches.addAll(List.of("--patches", patches.toString()));
    JsonNode again = attack(withPatches.toArray(String[]::new)).json();
    boolean won = json.at("/objects/0/won").asBoolean();
    try (Stream<Path> written = Files.list(patches)) {
      assertThat(written.map(f -> f.getFileName().toString()).toList())
          .isEqualTo(won ? List.of("00000-0.png") : List.of());
    }
    assertThat(again.at("/repeat").asText()).doesNotContain("--patches");
    assertThat(again.get("objects")).isEqualTo(json.get("objects"));
    assertThat(again.get("averagePrecision")).isEqualTo(json.get("averagePrecision"));
  }

  @Test
  void aGuardAroundADetectorIsDrivenPastItsObjects() throws IOException {
    Path data = folder.resolve("road");
    Files.createDirectories(data.resolve("images"));
    Image photograph = ImageFiles.read(SharedFiles.path("data/gtsdb").resolve("images/00074.jpg"));
    // A part of it, so that the drives take less time.
    Files.write(
        data.resolve("images/road.png"),
        ImageFiles.encodePng(photograph.view(new Region(100, 240, 688, 400)).copy()));
    Files.writeString(
        data.resolve("boxes.csv"),
        "image,left,top,right,bottom,class\nroad.png,339,161,388,212,0\n");
    Files.writeString(data.resolve("classes.csv"), "id,name\n0,stop\n");
    Path bundle =
        Path.of(System.getProperty("stopline.root"), "firmware-config/bundles/traffic-signs");

    CommandLineRun run =
        CommandLineRun.of(
            "attack",
            "--detector",
            bundle.resolve("models/finder-int8.tflite").toString(),
            "--data",
            data.toString(),
            "--bundle",
            bundle.toString(),
            "--steps",
            "2",
            "--draws",
            "1",
            "--judge-draws",
            "0",
            "--controls",
            "0",
            "--drives",
            "1",
            "--accept-accuracy",
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode json = run.json();
    assertThat(json.at("/guard/policy").asText()).isEqualTo("int8");
    assertThat(json.at("/guard/adaptive").asBoolean()).isFalse();
    assertThat(json.at("/guard/read/of").asInt()).isEqualTo(1);
    assertThat(json.at("/undetected/of").asInt()).isEqualTo(json.at("/guard/read/count").asInt());
    assertThat(json.at("/guard/falseAlarmsPerMinute").has("value")).isTrue();
    assertThat(json.findValuesAsText("rule")).contains("not-adaptive");
  }

  private void refused(CommandLineRun run, String... words) {
    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains(words);
  }

  @Test
  void whatCannotBeAttackedIsRefusedByNameWithACure() throws IOException {
    refused(attack("--patch-area", "0"), "--patch-area is 0.0", "above 0 and at most 1");
    refused(attack("--patch-area", "1.5"), "--patch-area is 1.5");
    refused(attack("--steps", "0"), "--steps is 0; give 1 to");
    refused(attack("--goal", "vanish"), "--goal is 'vanish'; give one of hide, create, mislabel");
    refused(attack("--judge", "stop sgn"), "no label 'stop sgn'");
    refused(attack("--judge", "zebra"), "has no object of label [zebra]", "--rename");
    refused(attack("--goal", "create"), "--goal create needs --target-label");
    refused(
        attack("--goal", "create", "--target-label", "unicorn"),
        "--target-label is 'unicorn'; the detector has no such label");
    refused(attack("--target-label", "car"), "for the goals create and mislabel, not hide");
    refused(attack("--adaptive"), "--adaptive is about a guard", "--bundle");
    refused(attack("--minimum-side", "1000"), "has no object of any label", "1000 px");
    refused(
        attackFile(SharedFiles.path("models/mobile-float32.tflite")),
        "as a classifier does",
        "name it with --model");
    Path bundle =
        Path.of(System.getProperty("stopline.root"), "firmware-config/bundles/traffic-signs");
    refused(
        attack("--bundle", bundle.toString()),
        "finds with detector 'finder-int8', not with 'ssd_mobilenet");
    Files.writeString(boxes, "image,left,top,right,bottom,label\n" + PHOTOGRAPH + ",,,,,\n");
    refused(attack(), "has no boxes", "boxes.csv");
  }

  @Test
  void aDetectorWhereAClassifierIsAskedForIsSentToItsOwnOption() {
    CommandLineRun run =
        CommandLineRun.of(
            "attack",
            "--model",
            SharedFiles.path("data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite").toString(),
            "--data",
            SharedFiles.path("data/gtsrb").toString());
    refused(run, "is a detector", "attack --detector");
  }
}
