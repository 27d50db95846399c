package io.stopline.campaign.detectorattack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.robustness.ForeignRunException;
import io.stopline.campaign.robustness.RunFolder;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.detection.LabelledFrames;
import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.robustness.DetectorAttackFigures;
import io.stopline.evaluation.robustness.DetectorExample;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detector;
import io.stopline.testing.LabelledBoxesModel;
import io.stopline.testing.YoloModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on a real, small detector that finds red squares. */
final class DetectorAttackRunnerTest {

  private static final int SIDE = 32;
  private static final List<Integer> LEFT_EDGES = List.of(64, 128, 224);

  @TempDir Path folder;

  private DetectorReading reading;
  private LabelledFrames frames;

  @BeforeEach
  void writeFrames() throws IOException {
    Path data = folder.resolve("data");
    Files.createDirectories(data.resolve("images"));
    StringBuilder boxes = new StringBuilder("image,left,top,right,bottom,class\n");
    for (int i = 0; i < LEFT_EDGES.size(); i++) {
      String name = "frame-%d.png".formatted(i);
      Files.write(
          data.resolve("images").resolve(name),
          ImageFiles.encodePng(redSquare(LEFT_EDGES.get(i), 96)));
      boxes.append(
          "%s,%d,96,%d,%d,0\n"
              .formatted(name, LEFT_EDGES.get(i), LEFT_EDGES.get(i) + SIDE - 1, 96 + SIDE - 1));
    }
    Files.writeString(data.resolve("boxes.csv"), boxes);
    Files.writeString(data.resolve("classes.csv"), "id,name\n0,red thing\n");
    Path model = Files.write(folder.resolve("red.tflite"), YoloModel.V8_RED.bytes());
    Path labels = Files.writeString(folder.resolve("labels.txt"), YoloModel.LABELS);
    reading =
        DetectorReading.of(
            model,
            new DetectorSettings(
                labels,
                ModelInput.INFERRED,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                0.3,
                Map.of(),
                false));
    frames = LabelledFrames.of(RoadDatasets.open(data, null), reading.labels(), Map.of());
  }

  /** Twice as large as the detector's input, so a square is 16 px to it. */
  private static Image redSquare(int left, int top) {
    Image image = Image.black(2 * YoloModel.WIDTH, 2 * YoloModel.HEIGHT);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        boolean red = x >= left && x < left + SIDE && y >= top && y < top + SIDE;
        int at = image.index(x, y);
        image.data()[at] = (byte) (red ? 255 : 128);
        image.data()[at + 1] = (byte) (red ? 0 : 128);
        image.data()[at + 2] = (byte) (red ? 0 : 128);
      }
    }
    return image;
  }

  private static DetectorAttackPlan plan(AttackGoal goal, double area, BooleanSupplier cancelled) {
    return new DetectorAttackPlan(
        goal,
        new PatchSetting(PatchSetting.Shape.PATCH, PatchSetting.Place.ON, area, 1),
        new ObjectSearch.Effort(30, 1, 1),
        0.3,
        4,
        1,
        7,
        cancelled);
  }

  private DetectorAttackRun run(DetectorAttackPlan plan, @Nullable RunFolder kept) {
    DetectorAttackData data =
        DetectorAttackData.of(
            frames,
            plan.goal(),
            List.of(),
            plan.goal() == AttackGoal.CREATE ? 1 : -1,
            12,
            plan.setting(),
            10,
            plan.seed(),
            reading.labels(),
            Map.of());
    try (DetectorTarget target = DetectorTarget.bare(reading);
        Detector exact = target.exact()) {
      assertThat(target.withoutGradients()).isEmpty();
      return new DetectorAttackRunner(
              target.search(plan.goal(), plan.threshold(), exact, false),
              target.control(plan.goal(), plan.threshold(), exact),
              exact,
              plan,
              kept,
              share -> assertThat(share).isBetween(0.0, 1.0))
          .run(data.frames().data().frames(), data.objects());
    }
  }

  @Test
  void patchesThatReachedTheGoalAreWrittenAsTrainingReadsThem() throws IOException {
    DetectorAttackPlan plan = plan(AttackGoal.HIDE, 0.4, () -> false);
    DetectorAttackRun run = run(plan, null);
    Path patches = folder.resolve("patches");

    assertThat(DetectorPatches.write(run, frames.data().frames(), patches)).isEqualTo(3);

    RoadData read = RoadDatasets.photographs(patches); // as train-detector --patches does
    assertThat(read.frames()).hasSize(3);
    for (int i = 0; i < 3; i++) {
      Overlay overlay = run.cases().get(i).attack().overlay();
      Image print = read.frames().get(i).image();
      assertThat(print.width()).isEqualTo(overlay.region().width());
      assertThat(print.data()).isEqualTo(overlay.pixels().data());
      assertThat(overlay.region().area())
          .as("the patch alone")
          .isLessThanOrEqualTo((int) (0.4 * SIDE * SIDE) + 2 * SIDE);
    }
  }

  @Test
  void eachStickerIsAPictureOfItsOwn() throws IOException {
    DetectorAttackPlan patch = plan(AttackGoal.HIDE, 0.4, () -> false);
    DetectorAttackRun won = run(patch, null);
    Image frame = frames.data().frames().get(0).image();
    Image painted = frame.copy();
    fill(painted, new Region(66, 98, 10, 8));
    fill(painted, new Region(80, 112, 6, 12));
    fill(painted, new Region(92, 98, 2, 2)); // too small to be one
    DetectorAttackRun.Case first = won.cases().get(0);
    ObjectRecord.Attacked attack = first.attack();
    DetectorAttackRun run =
        new DetectorAttackRun(
            new DetectorAttackPlan(
                patch.goal(),
                new PatchSetting(PatchSetting.Shape.STICKERS, PatchSetting.Place.ON, 0.4, 2),
                patch.effort(),
                patch.threshold(),
                0,
                0,
                patch.seed(),
                patch.cancelled()),
            List.of(first.object()),
            List.of(
                new ObjectRecord(
                    first.object().id(),
                    first.record().clean(),
                    first.record().cleanProbability(),
                    new ObjectRecord.Attacked(
                        attack.trial(),
                        Overlay.between(frame, painted),
                        attack.allowed(),
                        attack.gradients(),
                        attack.seconds()),
                    Map.of())),
            won.clean(),
            won.attacked(),
            true);
    Path stickers = folder.resolve("stickers");

    assertThat(DetectorPatches.write(run, frames.data().frames(), stickers)).isEqualTo(2);

    List<RoadFrame> read = RoadDatasets.photographs(stickers).frames();
    assertThat(read.get(0).image().width()).isEqualTo(10);
    assertThat(read.get(0).image().height()).isEqualTo(8);
    assertThat(read.get(1).image().width()).isEqualTo(6);
    assertThat(read.get(1).image().height()).isEqualTo(12);
  }

  private static void fill(Image image, Region region) {
    for (int y = region.y(); y < region.y() + region.height(); y++) {
      for (int x = region.x(); x < region.x() + region.width(); x++) {
        int at = image.index(x, y);
        image.data()[at] = 10;
        image.data()[at + 1] = (byte) 200;
        image.data()[at + 2] = (byte) (60 + x);
      }
    }
  }

  @Test
  void aDetectorThatChoosesInsideIsAttackedByQueriesAndThatIsSaid() throws IOException {
    Path model = Files.write(folder.resolve("best.tflite"), LabelledBoxesModel.BEST.bytes());
    DetectorReading rows = DetectorReading.of(model, reading.options());
    try (DetectorTarget target = DetectorTarget.bare(rows);
        Detector exact = target.exact()) {
      assertThat(target.withoutGradients())
          .contains("'labelled-boxes'", "no gradients", "nms=False");
      assertThat(target.search(AttackGoal.HIDE, 0.3, exact, false)).isInstanceOf(QuerySearch.class);
      assertThat(
              exact
                  .detect(redSquare(64, 96))
                  .get(0)
                  .region()
                  .intersectionOverUnion(new Region(64, 96, SIDE, SIDE)))
          .isGreaterThan(0.8);
    }
  }

  @Test
  void objectsAreFoundWhenCleanAndHiddenByAPatchThatKeepsItsBudget() {
    DetectorAttackRun run = run(plan(AttackGoal.HIDE, 0.4, () -> false), null);

    DetectorAttackFigures figures = run.figures(frames.objects(), reading.labels().size());
    assertThat(figures.success()).isEqualTo("hidden");
    assertThat(figures.found().count()).isEqualTo(3);
    assertThat(figures.clean().value()).isEqualTo(1);
    assertThat(figures.won().count()).isEqualTo(3);
    assertThat(figures.attacked().value()).isLessThan(0.5);
    assertThat(figures.violations()).isZero();
    assertThat(run.records())
        .allSatisfy(
            record -> {
              assertThat(record.attack()).isNotNull();
              assertThat(record.attack().overlay().changed())
                  .isPositive()
                  .isLessThanOrEqualTo((long) (0.4 * SIDE * SIDE));
            });
    // One object has controls, each a whole search or painting of its own.
    assertThat(figures.controls()).hasSize(5).allMatch(c -> c.success().of() == 1);
    assertThat(figures.control("huge").orElseThrow().success().count()).isEqualTo(1);
    List<DetectorExample> shown =
        DetectorPictures.of(run, frames.data().frames(), reading.labels(), 2);
    assertThat(shown).hasSize(2).allMatch(e -> e.won() && e.before().startsWith("red thing"));
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    run.describe(run.objects().get(0), entry);
    assertThat(entry.get("clean").asText()).startsWith("found, ");
    assertThat(entry.get("attacked").asText()).startsWith("hidden");
  }

  @Test
  void somethingIsSeenAtAListedPlaceWhereNothingWas() {
    DetectorAttackRun run = run(plan(AttackGoal.CREATE, 1, () -> false), null);

    DetectorAttackFigures figures = run.figures(frames.objects(), reading.labels().size());
    assertThat(figures.success()).isEqualTo("created");
    assertThat(figures.found().count()).isEqualTo(3);
    assertThat(figures.won().count()).isPositive();
    assertThat(run.objects())
        .allMatch(
            o ->
                frames.objects().get(o.frame()).stream()
                    .noneMatch(b -> b.region().intersectionOverUnion(o.box()) > 0));
  }

  @Test
  void aRunThatWasInterruptedEndsAsOneThatWasNot() {
    DetectorAttackPlan whole = plan(AttackGoal.HIDE, 0.4, () -> false);
    ObjectNode settings = JsonNodeFactory.instance.objectNode().put("goal", "hide");
    AtomicInteger asked = new AtomicInteger();
    DetectorAttackRun half =
        run(
            plan(AttackGoal.HIDE, 0.4, () -> asked.incrementAndGet() > 40),
            RunFolder.open(folder.resolve("kept"), settings));
    assertThat(half.whole()).isFalse();
    assertThat(half.records()).hasSizeBetween(1, 2);

    DetectorAttackRun resumed = run(whole, RunFolder.open(folder.resolve("kept"), settings));
    DetectorAttackRun once = run(whole, null);

    assertThat(resumed.whole()).isTrue();
    assertThat(resumed.records().stream().map(DetectorAttackRunnerTest::withoutTime))
        .isEqualTo(once.records().stream().map(DetectorAttackRunnerTest::withoutTime).toList());
    assertThat(resumed.attacked()).isEqualTo(once.attacked());
    settings.put("goal", "create");
    assertThatThrownBy(() -> RunFolder.open(folder.resolve("kept"), settings))
        .isInstanceOf(ForeignRunException.class);
  }

  private static ObjectNode withoutTime(ObjectRecord record) {
    ObjectNode node = record.toJson();
    ((ObjectNode) node.get("attack")).remove("seconds");
    return node;
  }

  @Test
  void thereIsNoPlaceForPaintWithoutAPixelOrWithoutRoom() {
    PatchSetting beside =
        new PatchSetting(PatchSetting.Shape.PATCH, PatchSetting.Place.BESIDE, 0.1, 1);
    Region object = new Region(40, 40, 20, 20);
    assertThat(Sites.candidates(100, 100, object, beside))
        .isNotEmpty()
        .allMatch(p -> p.isInside(100, 100) && p.intersectionOverUnion(object) == 0)
        .allMatch(p -> p.area() <= 0.1 * object.area());
    assertThat(Sites.candidates(100, 100, new Region(0, 0, 100, 100), beside)).isEmpty();
    assertThat(
            Sites.candidates(
                100,
                100,
                new Region(10, 10, 12, 12),
                new PatchSetting(PatchSetting.Shape.STICKERS, PatchSetting.Place.ON, 0.01, 4)))
        .isEmpty();
    assertThatThrownBy(
            () -> new PatchSetting(PatchSetting.Shape.PATCH, PatchSetting.Place.ON, 1.2, 1))
        .hasMessageContaining("above 0 and at most 1");
  }
}
