package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.config.Bundle;
import io.stopline.config.ReferenceImages;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code guard init} and {@code calibrate}, run as a user runs them, on a real model. */
final class GuardCommandsTest {

  private static final Path SHIPPED =
      Path.of(System.getProperty("stopline.root", "."), "firmware-config/bundles/traffic-signs");
  private static final Path MODEL = SHIPPED.resolve("models/mobile-int8.tflite");
  private static final List<String> CLASSES = List.of("Stop", "Yield", "No entry");
  private static final int IMAGES = 8;

  @TempDir Path temporary;
  private Path data = Path.of("");
  private Path out = Path.of("");
  private String said = "";
  private String json = "";

  @BeforeEach
  void aFolderPerClass() throws IOException {
    data = temporary.resolve("data");
    out = temporary.resolve("guard");
    int number = 0;
    for (String name : CLASSES) {
      Path folder = Files.createDirectories(data.resolve(name));
      for (Image image : ReferenceImages.of(number, IMAGES, 40, 40)) {
        ImageFiles.writePng(image, folder.resolve("image" + number++ + ".png"));
      }
    }
  }

  private int run(String... arguments) {
    StringWriter words = new StringWriter();
    StringWriter errors = new StringWriter();
    int code = Main.run(new PrintWriter(words, true), new PrintWriter(errors, true), arguments);
    json = words.toString();
    said = words + "\n" + errors;
    return code;
  }

  private int init(Path model, Path labels, String... more) {
    String[] fixed = {
      "guard",
      "init",
      "--model",
      model.toString(),
      "--labels",
      labels.toString(),
      "--data",
      data.toString(),
      "--out",
      out.toString(),
      // These pictures show no signs.
      "--accept-accuracy",
      "--json",
      "-"
    };
    return run(Stream.concat(Stream.of(fixed), Stream.of(more)).toArray(String[]::new));
  }

  private static Path labels() {
    return SHIPPED.resolve("labels.txt");
  }

  @Test
  void makesACalibratedBundleAndSaysWhatToMind() throws IOException {
    assertThat(init(MODEL, labels(), "--licence", "ours")).as(() -> said).isEqualTo(ExitCode.OK);
    Bundle bundle = Bundle.load(out);
    assertThat(bundle.model("mobile-int8").licence()).isEqualTo("ours");
    assertThat(bundle.calibration(bundle.policy(null)).scores()).hasSize(CLASSES.size() * IMAGES);
    assertThat(bundle.models()).containsOnlyKeys("mobile-int8");
    // The uint8 input has scale 1/255: its own range is 0..1.
    assertThat(bundle.model("mobile-int8").input().high())
        .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-3));
    JsonNode report = new ObjectMapper().readTree(json);
    assertThat(report.path("command").asText()).isEqualTo("guard init");
    assertThat(report.path("output").asText()).isEqualTo("probabilities");
    assertThat(report.path("data").path("tracks").asInt()).isEqualTo(24);
    assertThat(report.path("promisedFalseAlarmRate").asDouble()).isEqualTo(0.05);
    assertThat(report.path("hashes").path("bundle").asText()).isEqualTo(bundle.sha256());
    assertThat(report.path("warnings").toString())
        .contains("each image counts as a track of its own")
        .contains("one model alone")
        .contains("where guessing gives");
  }

  @Test
  void refusesARateThatIsNoShare() {
    assertThat(init(MODEL, labels(), "--false-alarm-rate", "5")).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("--false-alarm-rate is 5.0;", "did you mean 0.05");
    assertThat(init(MODEL, labels(), "--false-alarm-rate", "0")).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(init(MODEL, labels(), "--false-alarm-rate", "NaN")).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("--false-alarm-rate is NaN; give a share above 0 and below 1");
    assertThat(out).doesNotExist();
  }

  @Test
  void refusesAPromiseThatTheTracksCannotSupport() {
    assertThat(init(MODEL, labels(), "--false-alarm-rate", "0.01")).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said)
        .contains(
            "0.01 a track cannot be promised from 24 calibration tracks; the smallest is 0.0400");
    assertThat(out).doesNotExist();
  }

  @Test
  void refusesLabelsThatDoNotFitTheModel() throws IOException {
    Path few = Files.writeString(temporary.resolve("few.txt"), "Stop\nYield\nNo entry\n");
    assertThat(init(MODEL, few)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("has 3 names, but model").contains("gives 43 scores");
    assertThat(out).doesNotExist();
  }

  @Test
  void namesTheLineOfAnEmptyLabel() throws IOException {
    Path gap = Files.writeString(temporary.resolve("gap.txt"), "Stop\n\nYield\n");
    assertThat(init(MODEL, gap)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("gap.txt:2: is empty");
  }

  @Test
  void refusesATruncatedModelAndLeavesNothingBehind() throws IOException {
    byte[] bytes = Files.readAllBytes(MODEL);
    Path half =
        Files.write(
            temporary.resolve("half.tflite"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(init(half, labels())).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("half.tflite");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("data", "half.tflite");
    }
  }

  @Test
  void aDetectorIsPointedToItsOwnOption() {
    Path detector = SharedFiles.path("data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite");
    assertThat(init(detector, labels())).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("is a detector; name it with --detector");
  }

  @Test
  void refusesAModelThatIsRightNoMoreOftenThanByGuessing() {
    String[] blind = {
      "guard",
      "init",
      "--model",
      MODEL.toString(),
      "--labels",
      labels().toString(),
      "--data",
      data.toString(),
      "--out",
      out.toString()
    };
    assertThat(run(blind)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said)
        .contains("where guessing gives 33.3 %", "docs/your-model.md", "--accept-accuracy");
    assertThat(out).doesNotExist();
  }

  @Test
  void refusesAFolderThatIsInUse() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("mine.txt"), "x");
    assertThat(init(MODEL, labels())).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("is not empty; name a new one");
    assertThat(out.resolve("mine.txt")).hasContent("x");
  }

  @Test
  void refusesAMissingModel() {
    assertThat(init(temporary.resolve("none.tflite"), labels())).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("none.tflite' does not exist");
  }

  @Test
  void calibratesTheSameWayTwiceAndAfterAChangeOnPurpose() throws IOException {
    assertThat(init(MODEL, labels())).as(() -> said).isEqualTo(ExitCode.OK);
    String first = Files.readString(out.resolve("calibrations/default.yaml"));
    String[] again = {
      "calibrate",
      "--bundle",
      out.toString(),
      "--data",
      data.toString(),
      "--split",
      "train",
      "--accept-accuracy"
    };
    // Only a part of the folders is 'train': other tracks, other scores.
    assertThat(run(again)).as(() -> said).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("cannot be promised from");

    Path policy = out.resolve("policies/default.yaml");
    Files.writeString(
        policy, Files.readString(policy).replace("falseAlarmRate: 0.05", "falseAlarmRate: 0.25"));
    assertThat(run(again)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("policies/default.yaml").contains("--rehash");

    String[] rehash = Stream.concat(Stream.of(again), Stream.of("--rehash")).toArray(String[]::new);
    assertThat(run(rehash)).as(() -> said).isEqualTo(ExitCode.OK);
    String second = Files.readString(out.resolve("calibrations/default.yaml"));
    assertThat(second).isNotEqualTo(first);
    assertThat(run(again)).as(() -> said).isEqualTo(ExitCode.OK);
    assertThat(out.resolve("calibrations/default.yaml")).hasContent(second.strip() + "\n");
    Bundle bundle = Bundle.load(out);
    assertThat(bundle.calibration(bundle.policy(null)).split()).isEqualTo("train");
  }

  @Test
  void learnsWhatSignsLookLikeFromTracksAndPutsItIntoTheBundle() throws IOException {
    Path gtsrb = SharedFiles.path("data/gtsrb").normalize();
    Path bundle = temporary.resolve("bundle");
    try (Stream<Path> files = Files.walk(SHIPPED)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, bundle.resolve(SHIPPED.relativize(file).toString()));
      }
    }
    assertThat(
            run(
                "guard",
                "learn-appearance",
                "--bundle",
                bundle.toString(),
                "--data",
                gtsrb.toString(),
                "--steps",
                "4000",
                "--json",
                "-"))
        .as(() -> said)
        .isEqualTo(ExitCode.OK);
    JsonNode report = new ObjectMapper().readTree(json);
    // Few steps: poor, but far above the chance of 1 in 8.
    assertThat(report.path("groupAccuracy").path("value").asDouble()).isGreaterThan(0.8);
    Bundle learnt = Bundle.load(bundle);
    var manifest = learnt.appearances().get("traffic-signs");
    assertThat(manifest).isNotNull();
    assertThat(manifest.sha256()).isEqualTo(report.path("sha256").asText());
    var shipped = Bundle.load(SHIPPED).appearances().get("traffic-signs");
    assertThat(shipped).isNotNull();
    assertThat(manifest.table().groups()).isEqualTo(shipped.table().groups());
    assertThat(Files.readString(bundle.resolve("appearance/traffic-signs.md")))
        .contains("913 tracks")
        .contains("--steps 4000");
  }

  @Test
  void refusesGroupsThatDoNotCoverTheClasses() throws IOException {
    Path groups = temporary.resolve("groups.txt");
    Files.writeString(groups, "# comment\nall: 0, 1\nagain: 1\n");
    String[] command = {
      "guard",
      "learn-appearance",
      "--bundle",
      SHIPPED.toString(),
      "--data",
      data.toString(),
      "--groups",
      groups.toString()
    };
    assertThat(run(command)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("groups.txt:3: class 1 is in a group already");
    Files.writeString(groups, "all: 0, 1\n");
    assertThat(run(command)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("class 2 is in no group");
    Files.writeString(groups, "all 0 1\n");
    assertThat(run(command)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said).contains("groups.txt:1: 'all 0 1' is no group; write 'NAME: 0, 1, 2'");
  }
}
