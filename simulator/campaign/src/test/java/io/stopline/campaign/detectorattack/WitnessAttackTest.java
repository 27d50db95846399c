package io.stopline.campaign.detectorattack;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.campaign.detectorguard.CleanDrives;
import io.stopline.campaign.detectorguard.DetectorGuardInitializer;
import io.stopline.campaign.detectorguard.LabelMeanings;
import io.stopline.campaign.detectorguard.WitnessKind;
import io.stopline.campaign.detectorguard.WitnessPlan;
import io.stopline.config.Bundle;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.detection.DetectorLook;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.detection.LabelledFrames;
import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.robustness.WitnessFigures;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detector;
import io.stopline.testing.ToyModels;
import io.stopline.testing.YoloModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An attack that knows a guard's witness aims at it too: two real, small detectors of different
 * make that find red things.
 */
final class WitnessAttackTest {

  /** Squares give it 0.99. */
  private static final double WITNESSED = 0.5;

  private static final int SIDE = 32;
  private static final List<Integer> LEFT_EDGES = List.of(128);

  @TempDir Path folder;

  private DetectorReading finder;
  private RoadData data;
  private Bundle bundle;

  @BeforeEach
  void guard() throws IOException {
    Path films = folder.resolve("films");
    for (int d = 0; d < 4; d++) {
      Path drive = Files.createDirectories(films.resolve("drive" + d));
      for (int f = 0; f < 15; f++) {
        Files.write(
            drive.resolve("%02d.png".formatted(f)), ImageFiles.encodePng(redSquare(64 + f, 96)));
      }
    }
    Path frames = folder.resolve("data");
    Files.createDirectories(frames.resolve("images"));
    StringBuilder boxes = new StringBuilder("image,left,top,right,bottom,class\n");
    for (int left : LEFT_EDGES) {
      Files.write(
          frames.resolve("images/%d.png".formatted(left)),
          ImageFiles.encodePng(redSquare(left, 96)));
      boxes.append("%d.png,%d,96,%d,%d,0\n".formatted(left, left, left + SIDE - 1, 96 + SIDE - 1));
    }
    Files.writeString(frames.resolve("boxes.csv"), boxes);
    Files.writeString(frames.resolve("classes.csv"), "id,name\n0,red thing\n");
    data = RoadDatasets.open(frames, null);
    RoadData film = RoadDatasets.withoutTest(films);
    finder = read("red.tflite", YoloModel.V8_RED.bytes(), YoloModel.LABELS, 0.4);
    DetectorReading witness =
        read("toy.tflite", ToyModels.finder(), ToyModels.FINDER_LABELS, WITNESSED);
    DetectorLook.Outcome looked =
        DetectorLook.of(finder, LabelledFrames.of(film, finder.labels(), Map.of()), 1);
    finder = looked.reading();
    bundle =
        new DetectorGuardInitializer(
                new DetectorGuardInitializer.Settings(
                    finder,
                    looked.figures(),
                    List.of("red thing"),
                    null,
                    LabelMeanings.NONE,
                    new WitnessPlan(
                        witness,
                        WitnessPlan.meanings(List.of("red thing"), witness.labels(), Map.of()),
                        EnumSet.of(WitnessKind.HIDDEN),
                        true,
                        "own work"),
                    folder.resolve("guard"),
                    0.3,
                    "own work",
                    2,
                    7),
                film,
                CleanDrives.of(film, CleanDrives.Kind.FILM, 1000, 7))
            .run((task, steps) -> () -> {})
            .bundle();
  }

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

  private DetectorReading read(String name, byte[] model, String labelNames, double threshold)
      throws IOException {
    Path file = Files.write(folder.resolve(name), model);
    Path labels = Files.writeString(folder.resolve(name + ".txt"), labelNames);
    return DetectorReading.of(
        file,
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
            threshold,
            Map.of(),
            false));
  }

  private WitnessFigures attacked(DetectorTarget target) {
    LabelledFrames frames = LabelledFrames.of(data, finder.labels(), Map.of());
    DetectorAttackPlan plan =
        new DetectorAttackPlan(
            AttackGoal.HIDE,
            new PatchSetting(PatchSetting.Shape.PATCH, PatchSetting.Place.ON, 0.4, 1),
            new ObjectSearch.Effort(30, 1, 1),
            0.4,
            0,
            0,
            7,
            () -> false);
    DetectorAttackData attacked =
        DetectorAttackData.of(
            frames,
            plan.goal(),
            List.of(),
            -1,
            12,
            plan.setting(),
            10,
            7,
            finder.labels(),
            Map.of());
    try (target;
        Detector exact = target.exact();
        WitnessSight sight = WitnessSight.open(bundle, bundle.policy(null), finder.labels())) {
      DetectorAttackRun run =
          new DetectorAttackRunner(
                  target.search(plan.goal(), plan.threshold(), exact, false),
                  null,
                  exact,
                  plan,
                  null,
                  share -> {})
              .run(data.frames(), attacked.objects());
      assertThat(run.won()).as("hidden from the finder").hasSize(LEFT_EDGES.size());
      assertThat(sight).isNotNull();
      WitnessFigures figures = sight.of(run, data.frames());
      assertThat(figures).isNotNull();
      return figures;
    }
  }

  @Test
  void whoKnowsTheWitnessSilencesItToo() {
    WitnessFigures unaware = attacked(DetectorTarget.bare(finder));
    WitnessFigures aware =
        attacked(DetectorTarget.adaptive(finder, bundle, bundle.policy(null), 7));

    assertThat(unaware.seenClean().count()).isEqualTo(LEFT_EDGES.size());
    assertThat(unaware.untold().count()).as("seen by the witness").isZero();
    assertThat(aware.untold().count()).as("silenced, too").isEqualTo(LEFT_EDGES.size());
  }
}
