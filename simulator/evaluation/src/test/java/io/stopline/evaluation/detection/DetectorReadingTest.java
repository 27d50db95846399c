package io.stopline.evaluation.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.placing.PlacedScenes;
import io.stopline.evaluation.placing.SignCutout;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.InvalidModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real SSD and a real heat map on photographs. */
final class DetectorReadingTest {

  private static final String SSD = "data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite";

  @TempDir private static Path folder;

  /** Twenty photographed stop signs in photographed roads. */
  private static RoadData roads;

  @BeforeAll
  static void placeSigns() throws IOException {
    List<RoadFrame> scenes =
        RoadDatasets.photographs(SharedFiles.path("data/scenes/udacity")).frames();
    List<SignCutout> signs = new ArrayList<>();
    try (Stream<Path> files =
        Files.list(SharedFiles.path("data/stop-signs/clean256")).sorted().limit(20)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        signs.add(SignCutout.of(String.valueOf(file.getFileName()), ImageFiles.read(file)));
      }
    }
    new PlacedScenes("Stop", 3)
        .write(signs, scenes.subList(0, 20), folder.resolve("roads"), () -> {});
    roads = RoadDatasets.open(folder.resolve("roads"), null);
  }

  private static DetectorSettings settings(
      ModelInput input, @Nullable FrameFit fit, @Nullable Integer firstLabel) {
    return new DetectorSettings(
        null,
        input,
        null,
        fit,
        null,
        null,
        null,
        null,
        firstLabel,
        null,
        Map.of("Stop", "stop sign"),
        false);
  }

  private static DetectorLook.Outcome look(DetectorSettings settings) throws IOException {
    DetectorReading reading = DetectorReading.of(SharedFiles.path(SSD), settings);
    LabelledFrames frames = LabelledFrames.of(roads, reading.labels(), settings.renames());
    return DetectorLook.of(reading, frames, 1);
  }

  @Test
  void anSsdIsReadByItsFileAndByFrames() throws IOException {
    DetectorLook.Outcome outcome = look(settings(ModelInput.INFERRED, null, null));

    assertThat(outcome.reading().format()).isInstanceOf(DetectorFormat.SsdPostProcess.class);
    assertThat(outcome.reading().labels()).hasSize(90).contains("stop sign");
    assertThat(outcome.reading().words())
        .contains("ssd-postprocess", "1917 candidates", "labelmap.txt' inside the file");
    assertThat(outcome.figures().isSound()).isTrue();
    assertThat(outcome.figures().found().value()).isGreaterThan(0.5);
  }

  @Test
  void aRangeThatIsWronglyToldIsRefusedWithTheRightOne() throws IOException {
    ModelInput dark =
        new ModelInput(0.0, 8.0, ModelInput.INFERRED.mean(), ModelInput.INFERRED.deviation(), null);
    DetectorLook.Outcome outcome = look(settings(dark, null, null));

    assertThat(outcome.figures().isSound()).isFalse();
    assertThat(outcome.figures().words()).contains("--input-range -1.0..0.99");
  }

  @Test
  void aFirstLabelThatIsWronglyToldIsRefusedWithTheRightOne() throws IOException {
    DetectorLook.Outcome outcome = look(settings(ModelInput.INFERRED, null, 1));

    assertThat(outcome.figures().isSound()).isFalse();
    assertThat(outcome.figures().words()).contains("--first-label 0");
  }

  @Test
  void coloursInTheWrongOrderAreToldAsFarAsFramesTell() throws IOException {
    ModelInput bgr =
        new ModelInput(
            null,
            null,
            ModelInput.INFERRED.mean(),
            ModelInput.INFERRED.deviation(),
            ChannelOrder.BGR);
    DetectorLook.Outcome outcome = look(settings(bgr, null, null));

    // It finds nearly as much so: that is said, and nothing is refused.
    assertThat(outcome.reading().encoding().channels()).isEqualTo(ChannelOrder.BGR);
    assertThat(String.join("; ", outcome.figures().because()))
        .contains("with --channels rgb", "may be chance");
  }

  @Test
  void whatIsToldAndFitsIsKept() throws IOException {
    DetectorLook.Outcome outcome = look(settings(ModelInput.INFERRED, FrameFit.LETTERBOX, null));

    assertThat(outcome.reading().format().fit()).isEqualTo(FrameFit.LETTERBOX);
  }

  @Test
  void framesWithoutLabelsOnlyShowWhetherItAgreesWithItself() throws IOException {
    DetectorSettings settings = DetectorSettings.NONE;
    DetectorReading reading = DetectorReading.of(SharedFiles.path(SSD), settings);
    LabelledFrames frames =
        LabelledFrames.of(
            RoadDatasets.photographs(folder.resolve("roads/images")), reading.labels(), Map.of());
    DetectorLook.Outcome outcome = DetectorLook.of(reading, frames, 1);

    assertThat(outcome.figures().isChecked()).isFalse();
    assertThat(outcome.figures().isSound()).isTrue();
    assertThat(outcome.figures().words()).contains("without labels");
  }

  @Test
  void aHeatMapIsReadByItsFile() throws IOException {
    Path bundle =
        Path.of(System.getProperty("stopline.root", "../.."))
            .resolve("firmware-config/bundles/traffic-signs/models/finder-int8.tflite");
    DetectorReading reading = DetectorReading.of(bundle, DetectorSettings.NONE);
    DetectorSettings every =
        new DetectorSettings(
            null,
            ModelInput.INFERRED,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            Map.of("*", "sign"),
            false);
    RoadData gtsdb = RoadDatasets.open(SharedFiles.path("data/gtsdb"), "validation").spread(30);
    DetectorLook.Outcome outcome =
        DetectorLook.of(
            DetectorReading.of(bundle, every),
            LabelledFrames.of(gtsdb, reading.labels(), every.renames()),
            1);

    assertThat(outcome.figures().isSound()).isTrue();
    assertThat(outcome.figures().found().value()).isGreaterThan(0.7);
  }

  @Test
  void whatIsNoDetectorOrIsSaidToBeAnotherIsRefused() {
    assertThatThrownBy(
            () ->
                DetectorReading.of(
                    SharedFiles.path("data/models/vww_96_int8.tflite"), DetectorSettings.NONE))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("--model");
    DetectorSettings yolo =
        new DetectorSettings(
            null,
            ModelInput.INFERRED,
            DetectorFamily.YOLO_V8,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            Map.of(),
            false);
    assertThatThrownBy(() -> DetectorReading.of(SharedFiles.path(SSD), yolo))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("--format ssd-postprocess");
  }
}
