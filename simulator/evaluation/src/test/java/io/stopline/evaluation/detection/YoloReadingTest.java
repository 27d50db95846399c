package io.stopline.evaluation.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.LabelledBoxes;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.sdk.model.DetectorMetadata;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import io.stopline.testing.AnchoredModel;
import io.stopline.testing.LabelledBoxesModel;
import io.stopline.testing.YoloExport;
import io.stopline.testing.YoloModel;
import io.stopline.tflite.InvalidModelException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** YOLO files that find red squares, in frames that do not have the input's aspect. */
final class YoloReadingTest {

  private static final int FRAMES = 24;
  private static final int SIDE = 32;

  @TempDir private static Path folder;
  private static RoadData frames;
  private static Path labels;

  @BeforeAll
  static void paint() throws IOException {
    Random random = new Random(4);
    Files.createDirectories(folder.resolve("data/images"));
    StringBuilder boxes = new StringBuilder("image,left,top,right,bottom,class\n");
    for (int f = 0; f < FRAMES; f++) {
      BufferedImage picture = new BufferedImage(320, 160, BufferedImage.TYPE_INT_RGB);
      Graphics2D g = picture.createGraphics();
      g.setColor(new Color(100, 100, 100));
      g.fillRect(0, 0, 320, 160);
      int x = 32 + random.nextInt(320 - 64 - SIDE);
      int y = 24 + random.nextInt(160 - 48 - SIDE);
      g.setColor(new Color(255, 0, 0));
      g.fillRect(x, y, SIDE, SIDE);
      g.dispose();
      String name = "%02d.png".formatted(f);
      ImageIO.write(picture, "png", folder.resolve("data/images").resolve(name).toFile());
      boxes.append("%s,%d,%d,%d,%d,0\n".formatted(name, x, y, x + SIDE - 1, y + SIDE - 1));
    }
    Files.writeString(folder.resolve("data/boxes.csv"), boxes);
    Files.writeString(folder.resolve("data/classes.csv"), "id,name\n0,Red_Thing\n");
    labels = Files.writeString(folder.resolve("labels.txt"), YoloModel.LABELS);
    frames = RoadDatasets.open(folder.resolve("data"), null);
  }

  private static DetectorSettings told(
      Path labels,
      @Nullable DetectorFamily family,
      @Nullable FrameFit fit,
      @Nullable BoxUnit boxes,
      @Nullable Scores scores,
      ModelInput input) {
    return new DetectorSettings(
        labels, input, family, fit, boxes, scores, null, null, null, null, Map.of(), false);
  }

  private static DetectorLook.Outcome look(Path file, DetectorSettings settings)
      throws IOException {
    DetectorReading reading = DetectorReading.of(file, settings);
    return DetectorLook.of(reading, LabelledFrames.of(frames, reading.labels(), Map.of()), 1);
  }

  private static Path file(YoloModel model) throws IOException {
    Path file = folder.resolve(model.file());
    return Files.exists(file) ? file : Files.write(file, model.bytes());
  }

  @Test
  void everyFileIsTakenForWhatItIsWithNothingTold() throws IOException {
    DetectorSettings nothing = told(labels, null, null, null, null, ModelInput.INFERRED);
    for (YoloModel model : YoloModel.values()) {
      DetectorLook.Outcome outcome = look(file(model), nothing);
      Yolo yolo = (Yolo) outcome.reading().format();

      System.out.printf(
          "  %-28s nothing told          %-8s %s, %s; %s%n",
          model.file(),
          yolo.word(),
          yolo.unit(),
          yolo.scores(),
          outcome.figures().isSound()
              ? "right: average precision " + outcome.figures().precision()
              : "refused: " + outcome.figures().words());
      assertThat(yolo.layout()).as(model.name()).isEqualTo(model.isV5() ? Layout.V5 : Layout.V8);
      assertThat(yolo.unit())
          .as(model.name())
          .isEqualTo(model.isNormalised() ? BoxUnit.NORMALISED : BoxUnit.PIXELS);
      assertThat(yolo.scores()).as(model.name()).isEqualTo(Scores.PROBABILITIES);
      assertThat(outcome.figures().isSound()).as(model.name()).isEqualTo(model.isRed());
      if (model.isRed()) {
        assertThat(outcome.figures().precision().value()).as(model.name()).isGreaterThan(0.95);
      }
    }
  }

  /** Their labels are in the file too. */
  @ParameterizedTest
  @EnumSource(AnchoredModel.class)
  void boxesRelativeToAnchorsAreReadWithNothingToldNotEvenLabels(AnchoredModel model)
      throws IOException {
    Path file = Files.write(folder.resolve(model.file()), model.bytes());
    DetectorLook.Outcome outcome = look(file, DetectorSettings.NONE);
    AnchoredBoxes format = (AnchoredBoxes) outcome.reading().format();

    assertThat(format.scores()).isEqualTo(model.isLogits() ? Scores.LOGITS : Scores.PROBABILITIES);
    assertThat(format.anchors().count()).isEqualTo(AnchoredModel.CANDIDATES);
    assertThat(outcome.reading().words())
        .contains("anchored-boxes", "420 candidates", "anchors in its metadata", "'labels.txt'");
    assertThat(outcome.figures().isSound()).isTrue();
    assertThat(outcome.figures().precision().value()).isGreaterThan(0.9);
    assertThat(DetectorReading.looksLikeOne(model.bytes())).isTrue();
  }

  @Test
  void aWordThatTheMetadataContradictIsRefused() throws IOException {
    Path file =
        Files.write(folder.resolve("contradicted.tflite"), AnchoredModel.RED_LOGITS.bytes());
    DetectorSettings wrong =
        told(labels, null, null, null, Scores.PROBABILITIES, ModelInput.INFERRED);
    assertThatThrownBy(() -> DetectorReading.of(file, wrong))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("said to give probabilities, but its metadata say logits")
        .hasMessageContaining("leave out --scores");
  }

  /** Beside float32 and full integers, which are among the files above. */
  @ParameterizedTest
  @EnumSource(YoloExport.class)
  void everyFormThatAnExporterWritesIsReadAlikeWithItsOwnNames(YoloExport export)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(export.bytes());
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("temp_meta.txt"));
      zip.write(
          "{'task': 'detect', 'names': {0: 'blue thing', 1: 'red thing', 2: 'green thing'}}"
              .getBytes(StandardCharsets.UTF_8));
    }
    Path file = Files.write(folder.resolve(export.file()), bytes.toByteArray());

    DetectorLook.Outcome outcome = look(file, DetectorSettings.NONE);

    Yolo yolo = (Yolo) outcome.reading().format();
    assertThat(yolo.layout()).isEqualTo(Layout.V8);
    assertThat(yolo.unit()).isEqualTo(BoxUnit.NORMALISED);
    assertThat(yolo.scores()).isEqualTo(Scores.PROBABILITIES);
    assertThat(outcome.figures().isSound()).as(outcome.figures().words()).isTrue();
    assertThat(outcome.figures().precision().value()).isGreaterThan(0.95);
  }

  @Test
  void aWrongWordOfAnyKindIsRefusedAndTheRightOneIsNamed() throws IOException {
    ModelInput blueFirst =
        new ModelInput(
            null,
            null,
            ModelInput.INFERRED.mean(),
            ModelInput.INFERRED.deviation(),
            ChannelOrder.BGR);
    ModelInput raw =
        new ModelInput(
            0.0, 0.05, ModelInput.INFERRED.mean(), ModelInput.INFERRED.deviation(), null);
    for (YoloModel model : List.of(YoloModel.V5_RED, YoloModel.V8_RED_INT8)) {
      Path file = file(model);
      assertThat(
              objection(file, told(labels, null, null, BoxUnit.PIXELS, null, ModelInput.INFERRED)))
          .contains("--boxes normalised");
      assertThat(
              objection(file, told(labels, null, null, null, Scores.LOGITS, ModelInput.INFERRED)))
          .contains("--scores probabilities");
      assertThat(objection(file, told(labels, null, null, null, null, blueFirst)))
          .contains("--channels rgb");
    }
    assertThat(objection(file(YoloModel.V8_RED), told(labels, null, null, null, null, raw)))
        .contains("--input-range unit");
  }

  private static String objection(Path file, DetectorSettings settings) throws IOException {
    DetectorFigures figures = look(file, settings).figures();
    assertThat(figures.isSound()).as(figures.words()).isFalse();
    return figures.words() + "; " + figures.cure();
  }

  @Test
  void whatShapesContradictIsRefusedBeforeAnyRun() throws IOException {
    DetectorSettings v8 =
        told(labels, DetectorFamily.YOLO_V8, null, null, null, ModelInput.INFERRED);
    assertThatThrownBy(() -> DetectorReading.of(file(YoloModel.V5_RED), v8))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("--format yolo-v5");
    Path two = Files.writeString(folder.resolve("two.txt"), "blue thing\nred thing\n");
    DetectorSettings short2 = told(two, null, null, null, null, ModelInput.INFERRED);
    assertThatThrownBy(() -> DetectorReading.of(file(YoloModel.V8_RED_INT8), short2))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("has 2 names")
        .hasMessageContaining("3 scores");
    assertThatThrownBy(() -> DetectorReading.of(file(YoloModel.V8_RED), DetectorSettings.NONE))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("--labels FILE");
  }

  @Test
  void namesThatTheExporterPackedIntoTheFileAreRead() throws IOException {
    String printed =
        "{'stride': 32, 'task': 'detect', 'names': {0: 'blue thing', 1: 'red thing', 2: \"driver's thing\"}}";
    String json =
        "{\n \"imgsz\": [640, 640],\n \"names\": {\"0\": \"blue thing\", \"1\": \"red thing\", \"2\": \"driver's thing\"}\n}";
    for (String[] entry : new String[][] {{"temp_meta.txt", printed}, {"metadata.json", json}}) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write(YoloModel.V8_RED.bytes());
      try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
        zip.putNextEntry(new ZipEntry(entry[0]));
        zip.write(entry[1].getBytes(StandardCharsets.UTF_8));
      }
      Path file = Files.write(folder.resolve(entry[0] + ".tflite"), bytes.toByteArray());

      assertThat(DetectorReading.of(file, DetectorSettings.NONE).labels())
          .as(entry[0])
          .containsExactly("blue thing", "red thing", "driver's thing");
    }
  }

  @Test
  void labelsInAnotherOrderAreToldByWhatIsFound() throws IOException {
    Path swapped =
        Files.writeString(folder.resolve("swapped.txt"), "red thing\nblue thing\ngreen thing\n");

    assertThat(
            objection(
                file(YoloModel.V8_RED), told(swapped, null, null, null, null, ModelInput.INFERRED)))
        .contains("'blue thing' is labelled 'red thing' in", "--labels");
  }

  @Test
  void withoutLabelledFramesTheNumbersStillTellUnitsAndScores() throws IOException {
    DetectorSettings pixels = told(labels, null, null, BoxUnit.PIXELS, null, ModelInput.INFERRED);
    DetectorReading reading = DetectorReading.of(file(YoloModel.V8_RED), pixels);
    RoadData bare = RoadDatasets.photographs(folder.resolve("data/images"));
    DetectorFigures figures =
        DetectorLook.of(reading, LabelledFrames.of(bare, reading.labels(), Map.of()), 1).figures();

    assertThat(figures.isChecked()).isFalse();
    assertThat(figures.isSound()).isFalse();
    assertThat(figures.words()).contains("--boxes normalised");
  }

  private static Path file(LabelledBoxesModel model) throws IOException {
    return Files.write(folder.resolve(model.file()), model.bytes());
  }

  @Test
  void rowsOfOneLabelAreTakenForWhatTheyAreWithNothingTold() throws IOException {
    DetectorSettings nothing = told(labels, null, null, null, null, ModelInput.INFERRED);
    for (LabelledBoxesModel model : LabelledBoxesModel.values()) {
      DetectorLook.Outcome outcome = look(file(model), nothing);
      LabelledBoxes rows = (LabelledBoxes) outcome.reading().format();

      assertThat(rows.unit()).as(model.name()).isEqualTo(BoxUnit.NORMALISED);
      assertThat(rows.overlap())
          .as("what the graph chose is not suppressed again")
          .isEqualTo(model == LabelledBoxesModel.BEST ? 1 : 0.45);
      assertThat(rows.outputs())
          .as("the graph tells")
          .isEqualTo(
              model == LabelledBoxesModel.BEST
                  ? List.of()
                  : List.of(Part.CLASSES, Part.BOXES, Part.SCORES));
      assertThat(outcome.figures().isSound()).as(outcome.figures().words()).isTrue();
      assertThat(outcome.figures().precision().value()).as(model.name()).isGreaterThan(0.9);
    }
  }

  @Test
  void aWrongWordOfRowsIsRefusedAndTheRightOneIsNamed() throws IOException {
    Path best = file(LabelledBoxesModel.BEST);
    assertThat(objection(best, told(labels, null, null, BoxUnit.PIXELS, null, ModelInput.INFERRED)))
        .contains("--boxes normalised");
    Path one = Files.writeString(folder.resolve("one.txt"), "thing\n");
    assertThatThrownBy(
            () ->
                look(
                    best, told(one, DetectorFamily.YOLO_V5, null, null, null, ModelInput.INFERRED)))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("say --format labelled-boxes");
    assertThatThrownBy(() -> look(best, told(one, null, null, null, null, ModelInput.INFERRED)))
        .hasMessageContaining("labels up to number 1")
        .hasMessageContaining("--labels");
    assertThatThrownBy(
            () ->
                DetectorReading.of(
                    best,
                    told(labels, DetectorFamily.YOLO_V8, null, null, null, ModelInput.INFERRED)))
        .hasMessageContaining("--format labelled-boxes");
  }

  @Test
  void middlesAndSizesAreNoCornersAndWhatIsNotDecodedIsNoBox() {
    Random random = new Random(3);
    float[] middles = new float[6 * 600];
    float[] raw = new float[6 * 600];
    for (int at = 0; at < middles.length; at += 6) {
      float[] row = {
        random.nextFloat(), random.nextFloat(), 0.1f, 0.2f, random.nextFloat(), random.nextFloat()
      };
      System.arraycopy(row, 0, middles, at, 6);
      float[] before = {
        random.nextFloat(), 1, random.nextFloat() - 0.6f, random.nextFloat() - 0.6f, 0.1f, 0.9f
      };
      System.arraycopy(before, 0, raw, at, 6);
    }
    RawRows rows = new RawRows(1);
    rows.look(new Table(middles));
    assertThat(rows.problem()).contains("no 'labelled-boxes'", "--format yolo-v5");
    assertThat(rows.areRows()).isFalse();
    RawYolo yolo =
        new RawYolo(
            new Yolo(Layout.V5, FrameFit.STRETCH, BoxUnit.PIXELS, Scores.PROBABILITIES, true, 0.45),
            1);
    yolo.look(new Table(middles));
    assertThat(yolo.problem()).isEmpty();
    RawYolo undecoded =
        new RawYolo(
            new Yolo(Layout.V5, FrameFit.STRETCH, BoxUnit.PIXELS, Scores.PROBABILITIES, true, 0.45),
            1);
    undecoded.look(new Table(raw));
    assertThat(undecoded.problem()).contains("below 0", "decode_in_inference");
  }

  @Test
  void boxesAndScoresBeforeTheirAnchorsAreRefusedByName() {
    DetectorFacts nothing =
        new DetectorFacts(320, 320, 1, Optional.empty(), List.of(), Optional.empty(), false);
    List<TensorSpec> raw =
        List.of(
            new TensorSpec("b", List.of(1, 19206, 4), ElementType.FLOAT32, 0, 0),
            new TensorSpec("s", List.of(1, 19206, 90), ElementType.FLOAT32, 0, 0));
    assertThatThrownBy(() -> DetectorShapes.of("theirs", nothing, raw, 90, Optional.empty()))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("have no anchors")
        .hasMessageContaining("TFLite_Detection_PostProcess");
    Optional<DetectorMetadata> others = DetectorMetadata.of(AnchoredModel.RED.bytes());
    assertThatThrownBy(() -> DetectorShapes.of("theirs", nothing, raw, 90, others))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("gives 19206 candidates, but its DETECTOR_METADATA have 420 anchors");
    assertThatThrownBy(
            () -> DetectorShapes.of("theirs", nothing, raw.subList(0, 1), 90, Optional.empty()))
        .hasMessageContaining("read are");
  }

  /** An output {@code 1×N×6} without a network. */
  private static final class Table implements VisionModel {
    private final ByteBuffer bytes;
    private final TensorSpec spec;

    Table(float[] values) {
      bytes = ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.nativeOrder());
      bytes.asFloatBuffer().put(values);
      spec =
          new TensorSpec("Identity", List.of(1, values.length / 6, 6), ElementType.FLOAT32, 0, 0);
    }

    @Override
    public List<TensorSpec> inputs() {
      return List.of();
    }

    @Override
    public List<TensorSpec> outputs() {
      return List.of(spec);
    }

    @Override
    public ByteBuffer input(int index) {
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public ByteBuffer output(int index) {
      return bytes;
    }

    @Override
    public void invoke() {}

    @Override
    public String delegate() {
      return "none";
    }

    @Override
    public void close() {}
  }
}
