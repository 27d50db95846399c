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
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real SSD and a real heat map on photographs. */
final class DetectorReadingTest {

  private static final String SSD = "data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite";

  /** As the tests of this module are run: from its own folder. */
  private static final Path OWN = Path.of("../../firmware-config/bundles/traffic-signs/models");

  private static final List<String> TABLE = new ArrayList<>();

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
    return look("nothing", SharedFiles.path(SSD), settings, roads);
  }

  private static DetectorLook.Outcome look(
      String told, Path file, DetectorSettings settings, RoadData data) throws IOException {
    DetectorReading reading = DetectorReading.of(file, settings);
    DetectorLook.Outcome outcome =
        DetectorLook.of(reading, LabelledFrames.of(data, reading.labels(), settings.renames()), 1);
    DetectorFigures figures = outcome.figures();
    TABLE.add(
        String.format(
            Locale.ROOT,
            "%-46s %-22s %-16s %s",
            file.getFileName(),
            told,
            outcome.reading().format().word(),
            figures.isSound()
                ? figures.isChecked()
                    ? "right: average precision " + figures.precision()
                    : "not checked: " + figures.words()
                : "refused: " + (figures.cure().isEmpty() ? figures.words() : figures.cure())));
    return outcome;
  }

  @AfterAll
  static void print() {
    System.out.println("Detectors of other makers, as they are read:");
    TABLE.forEach(row -> System.out.println("  " + row));
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
  void aMapOfVotesIsReadByItsManifestAndHeldToRoughBoxes() throws IOException {
    Path votes =
        OWN.resolveSibling("../../recipes/traffic-signs/start/window-int8.tflite").normalize();
    DetectorSettings anything =
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
            Map.of(DetectorSettings.EVERY, "sign"),
            false);
    DetectorLook.Outcome outcome = look("by its manifest", votes, anything, roads);

    assertThat(outcome.reading().format()).isEqualTo(new DetectorFormat.VoteMap(4));
    assertThat(outcome.reading().manifest("models/w.tflite", "l.txt", "x").output().word())
        .isEqualTo("vote-map");
    assertThat(outcome.figures().isSound()).isTrue();
    assertThat(outcome.figures().because()).anyMatch(b -> b.contains("rough boxes"));
    assertThat(outcome.figures().found().of()).isPositive();
  }

  @Test
  void aRangeThatIsWronglyToldIsRefusedWithTheRightOne() throws IOException {
    ModelInput dark =
        new ModelInput(0.0, 8.0, ModelInput.INFERRED.mean(), ModelInput.INFERRED.deviation(), null);
    DetectorLook.Outcome outcome =
        look("--input-range 0..8", SharedFiles.path(SSD), settings(dark, null, null), roads);

    assertThat(outcome.figures().isSound()).isFalse();
    assertThat(outcome.figures().words()).contains("--input-range -1.0..0.99");
  }

  @Test
  void aFirstLabelThatIsWronglyToldIsRefusedWithTheRightOne() throws IOException {
    DetectorLook.Outcome outcome =
        look(
            "--first-label 1",
            SharedFiles.path(SSD),
            settings(ModelInput.INFERRED, null, 1),
            roads);

    assertThat(outcome.figures().isSound()).isFalse();
    assertThat(outcome.figures().words()).contains("'parking meter' is labelled 'stop sign'");
    assertThat(outcome.figures().cure()).contains("--first-label 0");
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
    DetectorLook.Outcome outcome =
        look("--channels bgr", SharedFiles.path(SSD), settings(bgr, null, null), roads);

    // It finds nearly as much so: that is said, and nothing is refused.
    assertThat(outcome.reading().encoding().channels()).isEqualTo(ChannelOrder.BGR);
    assertThat(String.join("; ", outcome.figures().because()))
        .contains("with --channels rgb", "may be chance");
  }

  @Test
  void framesWithoutLabelsOnlyShowWhetherItAgreesWithItself() throws IOException {
    DetectorLook.Outcome outcome =
        look(
            "nothing, no boxes",
            SharedFiles.path(SSD),
            DetectorSettings.NONE,
            RoadDatasets.photographs(folder.resolve("roads/images")).spread(10));

    assertThat(outcome.figures().isChecked()).isFalse();
    assertThat(outcome.figures().isSound()).isTrue();
    assertThat(outcome.figures().words()).contains("without labels");
  }

  @Test
  void aHeatMapIsReadByItsFile() throws IOException {
    RoadData gtsdb = RoadDatasets.open(SharedFiles.path("data/gtsdb"), "validation").spread(24);
    for (String name : List.of("finder-int8.tflite", "finder-float32.tflite")) {
      Path file = OWN.resolve(name);
      DetectorLook.Outcome outcome = look("its manifest", file, every("sign"), gtsdb);

      assertThat(outcome.figures().isSound()).isTrue();
      assertThat(outcome.figures().found().value()).isGreaterThan(0.7);
    }
  }

  @Test
  void aDetectorOfOneKindIsHeldAgainstEveryClass() throws IOException {
    Path localizer = SharedFiles.path("data/models/mobile_object_localizer_v1_1_metadata_2.tflite");
    DetectorReading reading = DetectorReading.of(localizer, DetectorSettings.NONE);
    DetectorLook.Outcome outcome =
        look("--rename '*=…'", localizer, every(reading.labels().get(0)), roads);

    assertThat(reading.labels()).hasSize(1);
    assertThat(outcome.reading().words()).contains("ssd-postprocess");
    assertThat(outcome.figures().isChecked()).isTrue();
  }

  private static DetectorSettings every(String label) {
    return new DetectorSettings(
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
        Map.of("*", label),
        false);
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
