package io.stopline.evaluation.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.placing.PlacedScenes;
import io.stopline.evaluation.placing.SignCutout;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.testing.SharedFiles;
import io.stopline.testing.YoloModel;
import io.stopline.tflite.InvalidModelException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real detector files, each told something wrong in every way that an option allows: whatever costs
 * more than chance must be refused or told, and nothing may pass in silence.
 */
final class WrongWordsTest {

  private static final boolean ALL = Boolean.getBoolean("stopline.user.models.all");

  /** As the tests of this module are run: from its own folder. */
  private static final Path OWN = Path.of("../../firmware-config/bundles/traffic-signs/models");

  private static final List<String> TABLE = new ArrayList<>();

  @TempDir private static Path folder;

  /** What is said of a detector, word by word. */
  private static final class Said {
    @Nullable Path labels;
    ModelInput input = ModelInput.INFERRED;
    @Nullable DetectorFamily family;
    @Nullable FrameFit fit;
    @Nullable BoxUnit boxes;
    @Nullable Scores scores;
    @Nullable Boolean byLabel;
    @Nullable Double overlap;
    @Nullable Integer firstLabel;
    @Nullable Double threshold;
    Map<String, String> renames = Map.of();

    DetectorSettings settings() {
      return new DetectorSettings(
          labels,
          input,
          family,
          fit,
          boxes,
          scores,
          byLabel,
          overlap,
          firstLabel,
          threshold,
          renames,
          false);
    }
  }

  private record Word(String name, Consumer<Said> say) {}

  /**
   * A detector and clean frames.
   *
   * @param right what has to be said
   */
  private record Subject(Path file, RoadData data, Consumer<Said> right, List<Word> words) {}

  private static Word range(String name, double low, double high) {
    return new Word(
        name,
        s ->
            s.input =
                new ModelInput(low, high, s.input.mean(), s.input.deviation(), s.input.channels()));
  }

  private static Word fit(FrameFit fit) {
    return new Word("--fit " + fit.word(), s -> s.fit = fit);
  }

  private static Word overlap(double overlap) {
    return new Word("--overlap " + overlap, s -> s.overlap = overlap);
  }

  private static Word threshold(double threshold) {
    return new Word("--threshold " + threshold, s -> s.threshold = threshold);
  }

  private static Word channels() {
    return new Word(
        "--channels bgr",
        s ->
            s.input =
                new ModelInput(
                    s.input.low(),
                    s.input.high(),
                    s.input.mean(),
                    s.input.deviation(),
                    ChannelOrder.BGR));
  }

  private static Word normalised() {
    return new Word(
        "--mean … --deviation …",
        s ->
            s.input =
                new ModelInput(
                    s.input.low(),
                    s.input.high(),
                    List.of(0.485, 0.456, 0.406),
                    List.of(0.229, 0.224, 0.225),
                    s.input.channels()));
  }

  private static List<Word> ofAny() {
    return List.of(
        channels(),
        normalised(),
        range("--input-range 0..255", 0, 255),
        range("--input-range -1..1", -1, 1),
        range("--input-range 0..1", 0, 1),
        threshold(0.99));
  }

  @TestFactory
  Stream<DynamicTest> nothingWrongPassesInSilence() throws IOException {
    List<Subject> subjects = new ArrayList<>();
    List<YoloModel> yolo =
        ALL
            ? List.of(
                YoloModel.V5_RED, YoloModel.V8_RED, YoloModel.V5_RED_INT8, YoloModel.V8_RED_INT8)
            : List.of(YoloModel.V5_RED, YoloModel.V8_RED_INT8);
    RoadData squares = squares();
    for (YoloModel model : yolo) {
      subjects.add(yolo(model, squares));
    }
    if (ALL) {
      subjects.add(ssd());
      RoadData gtsdb = RoadDatasets.open(SharedFiles.path("data/gtsdb"), "validation").spread(40);
      subjects.add(finder("finder-int8.tflite", gtsdb));
      subjects.add(finder("finder-float32.tflite", gtsdb));
    }
    return subjects.stream()
        .map(s -> DynamicTest.dynamicTest(s.file().getFileName().toString(), () -> tryAll(s)));
  }

  @AfterAll
  static void print() {
    System.out.println("Detectors that are told something wrong:");
    TABLE.forEach(row -> System.out.println("  " + row));
  }

  private static Subject yolo(YoloModel model, RoadData squares) throws IOException {
    Path file = Files.write(folder.resolve(model.file()), model.bytes());
    Path labels = Files.writeString(folder.resolve("labels.txt"), YoloModel.LABELS);
    Path swapped =
        Files.writeString(folder.resolve("swapped.txt"), "red thing\nblue thing\ngreen thing\n");
    Path four = Files.writeString(folder.resolve("four.txt"), "object\n" + YoloModel.LABELS);
    List<Word> words = new ArrayList<>(ofAny());
    words.addAll(
        List.of(
            fit(FrameFit.STRETCH),
            fit(FrameFit.TOP_LEFT),
            new Word("--boxes pixels", s -> s.boxes = BoxUnit.PIXELS),
            new Word("--scores logits", s -> s.scores = Scores.LOGITS),
            new Word("--suppression all", s -> s.byLabel = false),
            overlap(0.01),
            overlap(1),
            new Word(
                "--format of the other",
                s -> s.family = model.isV5() ? DetectorFamily.YOLO_V8 : DetectorFamily.YOLO_V5),
            new Word("one name more", s -> s.labels = four),
            new Word("--labels swapped", s -> s.labels = swapped)));
    return new Subject(file, squares, s -> s.labels = labels, words);
  }

  private static Subject ssd() throws IOException {
    Path labels = SharedFiles.path("data/models/ssd_mobilenet_v1_coco_labelmap.txt");
    List<String> lines = Files.readAllLines(labels);
    List<Word> words = new ArrayList<>(ofAny());
    words.addAll(
        List.of(
            fit(FrameFit.LETTERBOX),
            fit(FrameFit.TOP_LEFT),
            new Word("--first-label 1", s -> s.firstLabel = 1),
            new Word("--first-label -1", s -> s.firstLabel = -1),
            names("80 names", lines.stream().filter(l -> !CocoNumbers.isUnused(l)).toList()),
            names(
                "one line too late",
                Stream.concat(Stream.of("thing"), lines.stream().limit(89)).toList()),
            names(
                "one line too late, 'background' first",
                Stream.concat(Stream.of("background"), lines.stream().limit(89)).toList()),
            names("the first line missing", lines.subList(1, 90)),
            names("sorted", lines.stream().sorted().toList()),
            overlap(0.01)));
    return new Subject(
        SharedFiles.path("data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite"),
        roads(),
        s -> s.renames = Map.of("Stop", "stop sign"),
        words);
  }

  private static Word names(String how, List<String> names) throws IOException {
    Path file = Files.write(folder.resolve(how.replaceAll("\\W+", "-") + ".txt"), names);
    return new Word("--labels, " + how, s -> s.labels = file);
  }

  private static Subject finder(String name, RoadData data) {
    List<Word> words = new ArrayList<>(ofAny());
    words.addAll(List.of(overlap(0.01), overlap(1)));
    return new Subject(OWN.resolve(name), data, s -> s.renames = Map.of("*", "sign"), words);
  }

  private static void tryAll(Subject subject) throws IOException {
    Said right = new Said();
    subject.right().accept(right);
    DetectorFigures asItIs = look(subject, right);
    assertThat(asItIs.isSound()).as(asItIs.words()).isTrue();
    List<String> silent = new ArrayList<>();
    for (Word word : subject.words()) {
      Said wrong = new Said();
      subject.right().accept(wrong);
      word.say().accept(wrong);
      String outcome = outcome(subject, wrong, asItIs);
      TABLE.add(
          String.format(
              Locale.ROOT,
              "%-30.30s %-40s %.200s",
              subject.file().getFileName(),
              word.name(),
              outcome));
      if (outcome.startsWith("silent")) {
        silent.add(word.name() + ": " + outcome);
      }
    }
    assertThat(silent).isEmpty();
  }

  private static String outcome(Subject subject, Said wrong, DetectorFigures asItIs)
      throws IOException {
    DetectorFigures figures;
    try {
      figures = look(subject, wrong);
    } catch (InvalidModelException | UnusableDatasetException e) {
      return "refused: " + e.getMessage();
    }
    if (!figures.isSound()) {
      return "refused: " + (figures.cure().isEmpty() ? figures.words() : figures.cure());
    }
    double lost = asItIs.precision().value() - figures.precision().value();
    double missed = asItIs.found().value() - figures.found().value();
    String cost =
        String.format(Locale.ROOT, "average precision %.3f less, found %.2f less", lost, missed);
    // One object more or less may be chance.
    double one = 1.0 / asItIs.found().of() + 1e-9;
    if (lost <= one && missed <= one) {
      return "no harm: " + cost;
    }
    return Stream.concat(figures.because().stream(), figures.labels().doubts().stream())
        .filter(b -> b.startsWith("with --") || b.contains("chance"))
        .findFirst()
        .map(b -> "told: " + b)
        .orElse("silent: " + cost);
  }

  private static DetectorFigures look(Subject subject, Said said) throws IOException {
    DetectorReading reading = DetectorReading.of(subject.file(), said.settings());
    return DetectorLook.of(
            reading, LabelledFrames.of(subject.data(), reading.labels(), said.renames), 1)
        .figures();
  }

  /** Twenty photographed stop signs in photographed roads. */
  private static RoadData roads() throws IOException {
    List<SignCutout> signs = new ArrayList<>();
    try (Stream<Path> files =
        Files.list(SharedFiles.path("data/stop-signs/clean256")).sorted().limit(20)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        signs.add(SignCutout.of(String.valueOf(file.getFileName()), ImageFiles.read(file)));
      }
    }
    new PlacedScenes("Stop", 3)
        .write(
            signs,
            RoadDatasets.photographs(SharedFiles.path("data/scenes/udacity"))
                .frames()
                .subList(0, 20),
            folder.resolve("roads"),
            () -> {});
    return RoadDatasets.open(folder.resolve("roads"), null);
  }

  /** Red squares on grey. */
  private static RoadData squares() throws IOException {
    Path data = folder.resolve("squares");
    Files.createDirectories(data.resolve("images"));
    Random random = new Random(5);
    StringBuilder boxes = new StringBuilder("image,left,top,right,bottom,class\n");
    for (int f = 0; f < 16; f++) {
      BufferedImage picture = new BufferedImage(320, 160, BufferedImage.TYPE_INT_RGB);
      Graphics2D g = picture.createGraphics();
      g.setColor(new Color(100, 100, 100));
      g.fillRect(0, 0, 320, 160);
      int x = 32 + random.nextInt(320 - 96);
      int y = 24 + random.nextInt(160 - 80);
      g.setColor(Color.RED);
      g.fillRect(x, y, 32, 32);
      g.dispose();
      String name = "%02d.png".formatted(f);
      ImageIO.write(picture, "png", data.resolve("images").resolve(name).toFile());
      boxes.append("%s,%d,%d,%d,%d,0\n".formatted(name, x, y, x + 31, y + 31));
    }
    Files.writeString(data.resolve("boxes.csv"), boxes);
    Files.writeString(data.resolve("classes.csv"), "id,name\n0,red thing\n");
    return RoadDatasets.open(data, null);
  }
}
