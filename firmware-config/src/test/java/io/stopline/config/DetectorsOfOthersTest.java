package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.LabelledBoxes;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.AnchoredModel;
import io.stopline.testing.LabelledBoxesModel;
import io.stopline.testing.SharedFiles;
import io.stopline.testing.ToyModels;
import io.stopline.testing.YoloModel;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Detectors of other makers by their manifests, on photographs, run by TensorFlow Lite. */
final class DetectorsOfOthersTest {

  private static final String SSD = "data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite";
  private static final String COCO = "data/models/ssd_mobilenet_v1_coco_labelmap.txt";

  private static final InputEncoding AROUND_ZERO =
      new InputEncoding(-1, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  private static Detector open(
      byte[] file,
      InputEncoding encoding,
      DetectorFormat format,
      List<String> labels,
      double threshold) {
    ModelManifest manifest =
        new ModelManifest(
            "theirs",
            "theirs.tflite",
            ToyModels.sha256(file),
            encoding,
            new ModelManifest.Output.Detections(format),
            "theirs.txt",
            "theirs",
            new ModelManifest.Reference(1, 3, 0.05));
    return GuardFactory.openDetector(
            manifest,
            file,
            labels,
            new GuardPolicy.Finder("theirs", threshold, 10, 0),
            RuntimeOptions.defaults())
        .detector();
  }

  private static List<String> coco() {
    return BundleFiles.labels("labels", SharedFiles.bytes(COCO));
  }

  private static Detector ssd(List<String> labels, int firstLabel) {
    return open(
        SharedFiles.bytes(SSD),
        AROUND_ZERO,
        new SsdPostProcess(FrameFit.STRETCH, firstLabel),
        labels,
        0.3);
  }

  @Test
  void theStopSignOfAPhotographIsFoundWhateverTheLabelsFileBeginsWith() {
    Image photograph =
        ImageFiles.read(SharedFiles.path("data/scenes/usgov/34501842524_3c858b3080_k.jpg"));
    List<String> withBackground = new ArrayList<>(coco());
    withBackground.add(0, "???");
    try (Detector plain = ssd(coco(), 0);
        Detector background = ssd(withBackground, 1)) {
      List<Detection> found = plain.detect(photograph);
      List<Detection> same = background.detect(photograph);
      for (int i = 0; i < found.size(); i++) {
        Detection d = found.get(i);
        System.out.printf("%s %.2f %s%n", coco().get(d.label()), d.probability(), d.region());
        assertThat(withBackground.get(same.get(i).label())).isEqualTo(coco().get(d.label()));
        assertThat(same.get(i).region()).isEqualTo(d.region());
      }
      // Where a person marked it.
      assertThat(found)
          .anyMatch(
              d ->
                  coco().get(d.label()).equals("stop sign")
                      && d.region().intersectionOverUnion(new Region(305, 145, 116, 210)) > 0.6);
      assertThat(same).hasSameSizeAs(found);
    }
  }

  @Test
  void signsThatFillThePictureAreFound() throws IOException {
    int right = 0;
    int all = 0;
    try (Detector detector = ssd(coco(), 0);
        Stream<Path> files = Files.list(SharedFiles.path("data/stop-signs/clean256"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".png")).sorted().toList()) {
        all++;
        Image image = ImageFiles.read(file);
        boolean found =
            detector.detect(image).stream()
                .anyMatch(
                    d ->
                        coco().get(d.label()).equals("stop sign")
                            && d.region()
                                    .intersectionOverUnion(
                                        new Region(0, 0, image.width(), image.height()))
                                > 0.4);
        right += found ? 1 : 0;
      }
    }
    System.out.printf("stop signs found in %d of %d pictures that they fill%n", right, all);
    assertThat(all).isEqualTo(20);
    // As TensorFlow Lite's own example finds them at a threshold of 0.3.
    assertThat(right).isGreaterThanOrEqualTo(15);
  }

  @Test
  void labelsTooFewForTheModelLeaveOutWhatTheyDoNotName() {
    Image photograph =
        ImageFiles.read(SharedFiles.path("data/scenes/usgov/34501842524_3c858b3080_k.jpg"));
    try (Detector all = ssd(coco(), 0);
        Detector few = ssd(coco().subList(0, 3), 0)) {
      int unnamed = (int) all.detect(photograph).stream().filter(d -> d.label() >= 3).count();
      assertThat(few.detect(photograph)).allMatch(d -> d.label() < 3);
      assertThat(unnamed).isPositive();
      assertThat(few.discarded()).isEqualTo(unnamed);
    }
  }

  @Test
  void whatTheManifestSaysOfTheOutputsMustBeWhatTheFileSays() {
    byte[] file = SharedFiles.bytes(SSD);
    SsdPostProcess wrong =
        new SsdPostProcess(
            FrameFit.STRETCH, 0, List.of(Part.BOXES, Part.SCORES, Part.CLASSES, Part.COUNT));
    assertThatThrownBy(() -> open(file, AROUND_ZERO, wrong, coco(), 0.3))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("says that the outputs are [boxes, scores, classes, count]")
        .hasMessageContaining("but its operator gives [boxes, classes, scores, count]")
        .hasMessageContaining("correct 'outputs' under 'detector', or remove it");
    SsdPostProcess right = new SsdPostProcess(FrameFit.STRETCH, 0, Part.OF_OPERATOR);
    open(file, AROUND_ZERO, right, coco(), 0.3).close();
  }

  @Test
  void aManifestOfAnotherFamilyIsRefusedWithWhatTheModelGives() {
    byte[] ssd = SharedFiles.bytes(SSD);
    Yolo yolo =
        new Yolo(
            Yolo.Layout.V8,
            FrameFit.LETTERBOX,
            Yolo.BoxUnit.PIXELS,
            Yolo.Scores.PROBABILITIES,
            true,
            0.5);
    assertThatThrownBy(() -> open(ssd, AROUND_ZERO, yolo, coco(), 0.3))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("yolo-v8 detector gives one tensor");
    assertThatThrownBy(
            () ->
                open(
                    YoloModel.V8_RED.bytes(),
                    InputEncoding.UNIT,
                    new SsdPostProcess(FrameFit.STRETCH, 0),
                    coco(),
                    0.3))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("'ssd-postprocess' has four tensors");
  }

  @ParameterizedTest
  @EnumSource(
      value = YoloModel.class,
      names = {"V5_RED", "V8_RED_INT8"})
  void aYoloFileOpensByItsManifestAndFinds(YoloModel model) {
    Yolo format =
        new Yolo(
            model.isV5() ? Yolo.Layout.V5 : Yolo.Layout.V8,
            FrameFit.LETTERBOX,
            Yolo.BoxUnit.NORMALISED,
            Yolo.Scores.PROBABILITIES,
            true,
            0.45);
    try (Detector detector = open(model.bytes(), InputEncoding.UNIT, format, things(), 0.5)) {
      findsTheSquare(detector);
    }
  }

  @Test
  void rowsOfOneLabelOpenByTheirManifestAndTheGraphSaysWhichTensorIsWhich() {
    LabelledBoxes best =
        new LabelledBoxes(FrameFit.LETTERBOX, Yolo.BoxUnit.NORMALISED, true, 0.45, List.of());
    for (LabelledBoxesModel model : LabelledBoxesModel.values()) {
      try (Detector detector = open(model.bytes(), InputEncoding.UNIT, best, things(), 0.5)) {
        findsTheSquare(detector);
      }
    }
    LabelledBoxes wrong =
        new LabelledBoxes(
            best.fit(), best.unit(), true, 0.45, List.of(Part.SCORES, Part.BOXES, Part.CLASSES));
    assertThatThrownBy(
            () -> open(LabelledBoxesModel.APART.bytes(), InputEncoding.UNIT, wrong, things(), 0.5))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("its graph gives [classes, boxes, scores]")
        .hasMessageContaining("correct 'outputs'");
  }

  @ParameterizedTest
  @EnumSource(AnchoredModel.class)
  void anchorsAreTakenFromTheFileThatTheManifestNames(AnchoredModel model) {
    AnchoredBoxes format = new AnchoredBoxes(FrameFit.LETTERBOX, true, 0.45);
    try (Detector detector = open(model.bytes(), InputEncoding.UNIT, format, things(), 0.5)) {
      findsTheSquare(detector);
    }
    assertThatThrownBy(
            () -> open(YoloModel.V8_RED.bytes(), InputEncoding.UNIT, format, things(), 0.5))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("'anchored-boxes' are boxes 1×N×4 and scores 1×N×labels");
  }

  private static List<String> things() {
    return BundleFiles.labels("labels", YoloModel.LABELS.getBytes(StandardCharsets.UTF_8));
  }

  private static void findsTheSquare(Detector detector) {
    Image frame = Image.black(640, 360);
    Arrays.fill(frame.data(), (byte) 120);
    for (int y = 100; y < 164; y++) {
      for (int x = 300; x < 364; x++) {
        int at = frame.index(x, y);
        frame.data()[at] = (byte) 255;
        frame.data()[at + 1] = 0;
        frame.data()[at + 2] = 0;
      }
    }
    List<Detection> found = detector.detect(frame);
    assertThat(found).hasSize(1);
    assertThat(detector.labels().get(found.get(0).label())).isEqualTo("red thing");
    assertThat(found.get(0).region().intersectionOverUnion(new Region(300, 100, 64, 64)))
        .isGreaterThan(0.75);
  }
}
