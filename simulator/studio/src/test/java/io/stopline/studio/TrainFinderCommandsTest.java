package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train-detector} and {@code train-verifier} on red discs before noise. */
final class TrainFinderCommandsTest {

  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;

  @TempDir Path folder;

  private final StringBuilder boxes =
      new StringBuilder("image,left,top,right,bottom,class,split\n");

  @BeforeEach
  void draw() throws IOException {
    Files.createDirectories(folder.resolve("road/images"));
    for (int i = 0; i < 24; i++) {
      frame(i, i < 18 ? "train" : "validation");
    }
    Files.writeString(folder.resolve("road/boxes.csv"), boxes);
    recipe();
    Files.writeString(
        folder.resolve("finder-architecture.yaml"),
        """
        input: [64, 96]
        stem: 8
        stages: [{channels: 12}, {channels: 16, blocks: 2}]
        topDown: [16, 12]
        head: 12
        """);
    Files.writeString(
        folder.resolve("verifier.yaml"),
        """
        architecture: ./verifier-architecture.yaml
        method: standard
        settings: {patch.crops: 256, batch: 64, epochs: 2, fit: false}
        seed: 1
        """);
    Files.writeString(
        folder.resolve("verifier-architecture.yaml"),
        """
        classes: 2
        layers:
          - conv: {kernel: 3, channels: 8, stride: 2}
          - separable: {channels: 16, stride: 2}
          - mean: {}
          - classes: {}
        """);
  }

  private void recipe() throws IOException {
    Files.writeString(
        folder.resolve("finder.yaml"),
        """
        architecture: ./finder-architecture.yaml
        settings: {scene.crop: 64, scene.crops: 256, scene.smallest: 0.9, scene.largest: 1.1, scene.altered: 0, augment: none, batch: 16, epochs: 20, fit: false, lr: 0.01, average: 0}
        seed: 1
        """);
  }

  private void frame(int number, String split) throws IOException {
    RandomStream random = new RandomStream(number);
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (90 + random.nextInt(60));
    }
    int side = 26 + random.nextInt(8);
    int left = random.nextInt(WIDTH - side);
    int top = random.nextInt(HEIGHT - side);
    for (int y = top; y < top + side; y++) {
      for (int x = left; x < left + side; x++) {
        double r = side / 2.0;
        if (Math.hypot(x + 0.5 - left - r, y + 0.5 - top - r) < r) {
          int i = 3 * (WIDTH * y + x);
          rgb[i] = (byte) 230;
          rgb[i + 1] = 20;
          rgb[i + 2] = 30;
        }
      }
    }
    String name = "%02d.png".formatted(number);
    ImageFiles.writePng(Image.of(WIDTH, HEIGHT, rgb), folder.resolve("road/images/" + name));
    boxes.append(
        "%s,%d,%d,%d,%d,%d,%s%n"
            .formatted(name, left, top, left + side - 1, top + side - 1, number % 3, split));
  }

  private CommandLineRun detector(String out, String... more) {
    return train("train-detector", "finder.yaml", out, more);
  }

  private CommandLineRun train(String command, String recipe, String out, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                command,
                "--road",
                folder.resolve("road").toString(),
                "--recipe",
                folder.resolve(recipe).toString(),
                "--out",
                folder.resolve(out).toString()));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void aDetectorAndItsVerifierAreTrainedQuantisedAndReported() throws IOException {
    Path json = folder.resolve("finder.json");
    CommandLineRun run = detector("finder.tflite", "--json", json.toString());

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    Path integers = folder.resolve("finder-int8.tflite");
    assertThat(new ObjectMapper().readTree(json.toFile()).path("meanRecall").asDouble())
        .isGreaterThan(0.5);
    try (Detector detector =
        new Detector(
            "finder",
            "-",
            TfLiteModel.load("finder", Files.readAllBytes(integers), RuntimeOptions.defaults()),
            new InputEncoding(-1, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)),
            DetectionDecoding.heatMap(0.02, 8),
            List.of("sign"))) {
      List<Detection> found =
          detector.detect(ImageFiles.read(folder.resolve("road/images/20.png")));
      assertThat(found).isNotEmpty();
    }

    CommandLineRun verifier =
        train(
            "train-verifier",
            "verifier.yaml",
            "verifier.tflite",
            "--detector",
            integers.toString());
    assertThat(verifier.exitCode()).as(verifier.err()).isEqualTo(ExitCode.OK);
    try (TfLiteModel model =
        TfLiteModel.load(
            "verifier",
            Files.readAllBytes(folder.resolve("verifier-int8.tflite")),
            RuntimeOptions.defaults())) {
      assertThat(model.outputs().get(0).elements()).isEqualTo(2);
    }

    CommandLineRun further =
        detector(
            "further.tflite",
            "--start",
            folder.resolve("finder.tflite").toString(),
            "--mine",
            integers.toString(),
            "epochs=1");
    assertThat(further.exitCode()).as(further.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void badInputIsRefusedBeforeAnyWork() throws IOException {
    Files.writeString(folder.resolve("finder.yaml"), "settings: {epochs: 1}\n");
    CommandLineRun run = detector("a.tflite");
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("names no architecture");

    recipe();
    run = detector("a.tflite", "scene.crops=1");
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("scene.crops").contains("16");

    run = detector("a.tflite", "--ignore", folder.resolve("none.csv").toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("none.csv");

    Files.writeString(folder.resolve("a.tflite"), "there");
    run = detector("a.tflite");
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("--overwrite");
  }
}
