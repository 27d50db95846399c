package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.HeatMap;
import io.stopline.sdk.model.DetectorFormat.LabelledBoxes;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.DetectorFormat.VoteMap;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.yaml.Problem;
import io.stopline.yaml.YamlTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class DetectorKeysTest {

  private static final String MANIFEST =
      """
      schema: 1
      file: m.tflite
      sha256: "%s"
      kind: detector
      input: {low: 0, high: 1}
      labels: m.txt
      licence: none
      reference: {seed: 1, count: 3, tolerance: 0.01}
      """
          .formatted("0".repeat(64));

  private static ModelManifest read(String text, List<Problem> problems) {
    YamlTree tree =
        BundleFiles.parse(
            "m.yaml", text.getBytes(StandardCharsets.UTF_8), BundleFiles.schema("model"));
    return ConfigReader.model("m", tree, problems);
  }

  static Stream<DetectorFormat> formats() {
    List<DetectorFormat> all = new ArrayList<>();
    all.add(new HeatMap());
    all.add(new HeatMap(0.3));
    all.add(new VoteMap(12));
    for (FrameFit fit : FrameFit.values()) {
      all.add(new SsdPostProcess(fit, 1));
      all.add(
          new SsdPostProcess(fit, -1, List.of(Part.SCORES, Part.BOXES, Part.COUNT, Part.CLASSES)));
      for (Yolo.BoxUnit unit : Yolo.BoxUnit.values()) {
        all.add(new LabelledBoxes(fit, unit, unit == Yolo.BoxUnit.PIXELS, 1, List.of()));
        all.add(
            new LabelledBoxes(
                fit, unit, true, 0.6, List.of(Part.SCORES, Part.BOXES, Part.CLASSES)));
      }
      all.add(new AnchoredBoxes(fit, fit == FrameFit.STRETCH, 0.4));
      for (Yolo.Layout layout : Yolo.Layout.values()) {
        for (Yolo.BoxUnit unit : Yolo.BoxUnit.values()) {
          for (Yolo.Scores scores : Yolo.Scores.values()) {
            all.add(new Yolo(layout, fit, unit, scores, unit == Yolo.BoxUnit.PIXELS, 0.45));
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void whatIsWrittenIsReadBack(DetectorFormat format) {
    ModelManifest written =
        new ModelManifest(
            "m",
            "m.tflite",
            "0".repeat(64),
            InputEncoding.UNIT,
            new ModelManifest.Output.Detections(format),
            "m.txt",
            "none",
            new ModelManifest.Reference(1, 3, 0.01));
    List<Problem> problems = new ArrayList<>();

    ModelManifest read = read(BundleWriter.text(written), problems);

    assertThat(problems).isEmpty();
    assertThat(read).isEqualTo(written);
  }

  @Test
  void whatIsUsuallySoNeedNotBeSaid() {
    List<Problem> problems = new ArrayList<>();
    String yolo = "output: yolo-v8\ndetector: {fit: letterbox, boxes: pixels, scores: logits}\n";
    assertThat(
            ((ModelManifest.Output.Detections) read(MANIFEST + yolo, problems).output()).format())
        .isEqualTo(
            new Yolo(
                Yolo.Layout.V8,
                FrameFit.LETTERBOX,
                Yolo.BoxUnit.PIXELS,
                Yolo.Scores.LOGITS,
                true,
                0.5));
    String ssd = "output: ssd-postprocess\ndetector: {fit: stretch}\n";
    assertThat(((ModelManifest.Output.Detections) read(MANIFEST + ssd, problems).output()).format())
        .isEqualTo(new SsdPostProcess(FrameFit.STRETCH, 0));
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "yolo-v5 | {fit: stretch, boxes: pixels} | key 'scores' is missing under 'detector'; 'yolo-v5' needs it",
        "ssd-postprocess | {firstLabel: 1} | key 'fit' is missing under 'detector'; 'ssd-postprocess' needs it",
        "ssd-postprocess | {fit: stretch, overlap: 0.5} | key 'overlap' has no meaning for 'ssd-postprocess'; remove it",
        "labelled-boxes | {fit: stretch, boxes: pixels} | key 'overlap' is missing under 'detector'; 'labelled-boxes' needs it",
        "labelled-boxes | {fit: stretch, boxes: pixels, overlap: 1, scores: logits} | key 'scores' has no meaning for 'labelled-boxes'; remove it",
        "labelled-boxes | {fit: stretch, boxes: pixels, overlap: 1, outputs: [boxes, scores, scores]} | give boxes, classes and scores, each once",
        "anchored-boxes | {overlap: 0.5} | key 'fit' is missing under 'detector'; 'anchored-boxes' needs it",
        "anchored-boxes | {fit: stretch, scores: logits} | key 'scores' has no meaning for 'anchored-boxes'; remove it",
        "heat-map | {fit: stretch} | key 'fit' has no meaning for 'heat-map'; remove it",
        "ssd-postprocess | {fit: stretch, outputs: [boxes, boxes, scores, count]} | give boxes, classes, scores and count, each once",
      })
  void whatIsMissingOrMeaninglessIsToldWithTheCure(String output, String part, String message) {
    List<Problem> problems = new ArrayList<>();
    read(MANIFEST + "output: " + output + "\ndetector: " + part + "\n", problems);
    assertThat(problems)
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.message()).contains(message);
              assertThat(p.line()).isEqualTo(10);
            });
  }

  @Test
  void aClassifierHasNoSuchPart() {
    List<Problem> problems = new ArrayList<>();
    read(
        MANIFEST.replace("kind: detector\n", "") + "output: logits\ndetector: {fit: stretch}\n",
        problems);
    assertThat(problems)
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("classifier");
  }
}
