package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.testing.SharedFiles;
import io.stopline.testing.YoloModel;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that take a user's detector, on a YOLO file that finds red squares. */
final class DetectorCommandsTest {

  private static final int DRIVES = 10;
  private static final int FRAMES = 6;

  @TempDir private static Path folder;

  @BeforeAll
  static void film() throws IOException {
    for (int d = 0; d < DRIVES; d++) {
      Path drive = Files.createDirectories(folder.resolve("films/drive" + d));
      for (int f = 0; f < FRAMES; f++) {
        BufferedImage picture = new BufferedImage(320, 256, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        g.setColor(new Color(80 + 4 * d, 80 + 4 * d, 80 + 4 * d));
        g.fillRect(0, 0, 320, 256);
        g.setColor(Color.RED);
        g.fillRect(60 + 2 * f, 90 + 4 * d, 32, 32);
        g.fillRect(190 + 2 * f, 90 + 4 * d, 32, 32);
        g.dispose();
        ImageIO.write(picture, "png", drive.resolve("%02d.png".formatted(f)).toFile());
      }
    }
    Files.write(folder.resolve("squares.tflite"), YoloModel.V8_RED.bytes());
    Files.writeString(folder.resolve("labels.txt"), YoloModel.LABELS);
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  private static CommandLineRun run(String... arguments) {
    return CommandLineRun.of(arguments);
  }

  @Test
  void aDetectorBecomesAGuardAndIsAskedWhatItSees() {
    CommandLineRun init =
        run(
            "guard",
            "init",
            "--detector",
            at("squares.tflite"),
            "--labels",
            at("labels.txt"),
            "--judge",
            "red thing",
            "--data",
            at("films"),
            "--false-alarm-rate",
            "0.1",
            "--out",
            at("guard"),
            "--json",
            "-");

    assertThat(init.exitCode()).as(init.err()).isZero();
    JsonNode report = init.json();
    assertThat(report.at("/reading/format").asText()).isEqualTo("yolo-v8");
    assertThat(report.at("/reading/cleanCheck/labelled").asBoolean()).isFalse();
    assertThat(report.at("/data/tracks").asInt()).isEqualTo(2 * DRIVES);
    assertThat(init.err()).contains("10 films of 60 frames", "nobody has checked");

    CommandLineRun inspect =
        run("inspect", "--bundle", at("guard"), at("films/drive0/00.png"), "--json", "-");
    JsonNode finds = inspect.json().at("/photographs/0/finds");
    assertThat(finds).hasSize(2);
    assertThat(finds.at("/0/label").asText()).isEqualTo("red thing");
    assertThat(finds.at("/0/verdict/label").asText()).isNotEmpty();
  }

  @Test
  void cocosEightyNamesAreRefusedOfAnSsdAndTheNinetyAreWritten() throws IOException {
    List<String> lines =
        Files.readAllLines(SharedFiles.path("data/models/ssd_mobilenet_v1_coco_labelmap.txt"));
    Files.write(
        folder.resolve("eighty.txt"), lines.stream().filter(l -> !l.equals("???")).toList());
    List<String> init =
        List.of(
            "guard",
            "init",
            "--detector",
            SharedFiles.path("data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite").toString(),
            "--labels",
            at("eighty.txt"),
            "--labels-out",
            at("ninety.txt"),
            "--data",
            at("films/drive0"),
            "--out",
            at("ssd-guard"));
    CommandLineRun refused = run(init.toArray(String[]::new));

    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(refused.err()).contains("has 80 names", "COCO", "--accept-accuracy", "ninety.txt");
    List<String> written = Files.readAllLines(folder.resolve("ninety.txt"));
    assertThat(written.stream().map(l -> l.equals("n/a") ? "???" : l).toList()).isEqualTo(lines);
    assertThat(folder.resolve("ssd-guard")).doesNotExist();
    // A file that is there is not written over.
    assertThat(run(init.toArray(String[]::new)).err()).contains("is there already");
  }

  @Test
  void aDetectorByItselfIsAskedWhatItSees() {
    CommandLineRun inspect =
        run(
            "inspect",
            "--detector",
            at("squares.tflite"),
            "--labels",
            at("labels.txt"),
            at("films/drive3/02.png"),
            "--pictures",
            at("pictures"),
            "--json",
            "-");

    assertThat(inspect.exitCode()).as(inspect.err()).isZero();
    JsonNode finds = inspect.json().at("/photographs/0/finds");
    assertThat(finds).hasSize(2);
    assertThat(finds.at("/0/region/2").asInt()).isBetween(28, 36);
    assertThat(folder.resolve("pictures/02.boxes.png")).exists();
  }

  @Test
  void aModelOfTheOtherKindIsSentToTheOtherOption() {
    assertThat(run("guard", "init", "--model", at("squares.tflite"), "--data", at("films")).err())
        .contains("name it with --detector");
    assertThat(run("guard", "init", "--data", at("films")).err())
        .contains("--model FILE", "--detector FILE");
    assertThat(
            run(
                    "guard",
                    "init",
                    "--model",
                    at("squares.tflite"),
                    "--fit",
                    "stretch",
                    "--data",
                    at("films"))
                .err())
        .contains("--fit is for a detector");
  }

  @Test
  void aWitnessThatCannotBeOneIsRefusedWithTheCure() throws IOException {
    Files.write(folder.resolve("others.tflite"), YoloModel.V5_RED.bytes());
    assertThat(witness("--witness-kinds", "hidden").err())
        .contains("--witness-kinds is about a witness", "--witness FILE.tflite");
    assertThat(witness("--witness", at("nowhere.tflite")).err())
        .contains("nowhere.tflite', which is no file; give a .tflite file");
    assertThat(witness("--witness", at("others.tflite"), "--witness-kinds", "ghost").err())
        .contains("--witness-kinds is 'ghost'", "hidden, phantom, vanished");
    assertThat(
            witness("--witness", at("squares.tflite"), "--witness-labels", at("labels.txt")).err())
        .contains("is the file of the finder itself");
    assertThat(
            witness("--witness", at("others.tflite"), "--witness-labels", at("labels.txt")).err())
        .contains("drives of fewer than 15 frames say nothing of it");
    String[] behind = {"--behind", "traffic-signs", "--rename", "*=red thing", "--witness"};
    assertThat(witness(with(behind, "nobody")).err())
        .contains("nor a detector of bundle 'traffic-signs'", "finder-int8");
    assertThat(witness(with(behind, "finder-int8", "--witness-accept-accuracy")).err())
        .contains("finder-int8 is taken for heat-map", "drives of fewer than 15 frames");
    assertThat(folder.resolve("watched")).doesNotExist();
    assertThat(
            run(
                    "guard",
                    "init",
                    "--model",
                    at("squares.tflite"),
                    "--data",
                    at("films"),
                    "--witness",
                    at("others.tflite"))
                .err())
        .contains("--witness is for a detector");
  }

  private static String[] with(String[] some, String... more) {
    return Stream.of(some, more).flatMap(Stream::of).toArray(String[]::new);
  }

  private static CommandLineRun witness(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "guard",
                "init",
                "--detector",
                at("squares.tflite"),
                "--labels",
                at("labels.txt"),
                "--judge",
                "red thing",
                "--data",
                at("films"),
                "--false-alarm-rate",
                "0.1",
                "--out",
                at("watched")));
    arguments.addAll(List.of(more));
    CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).isEqualTo(2);
    return run;
  }

  @Test
  void whatCannotBeQuantisedHereIsToldWhereItCan() {
    CommandLineRun run =
        run(
            "quantize",
            "--detector",
            at("squares.tflite"),
            "--labels",
            at("labels.txt"),
            "--data",
            at("films"),
            "--out",
            at("int8.tflite"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("is yolo-v8", "int8=True");
    assertThat(folder.resolve("int8.tflite")).doesNotExist();
  }

  @Test
  void wrongWordsAreRefusedWithTheRightOnes() {
    CommandLineRun run =
        run(
            "guard",
            "init",
            "--detector",
            at("squares.tflite"),
            "--labels",
            at("labels.txt"),
            "--boxes",
            "pixels",
            "--data",
            at("films"),
            "--out",
            at("never"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--boxes normalised", "--accept-accuracy");
    assertThat(folder.resolve("never")).doesNotExist();
    assertThat(
            run("inspect", "--detector", at("squares.tflite"), "--fit", "squeeze", "x.png").err())
        .contains("--fit is 'squeeze'; give one of top-left, letterbox, stretch");
  }
}
