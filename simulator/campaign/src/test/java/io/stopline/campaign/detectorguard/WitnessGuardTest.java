package io.stopline.campaign.detectorguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.ReadyGuard;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.detection.DetectorLook;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.detection.LabelledFrames;
import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.testing.YoloModel;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two YOLO files that find red squares, the one as a finder that wants 0.7, the other as its
 * witness, on films of a red square and a pale one, which both give 0.6.
 */
final class WitnessGuardTest {

  private static final int DRIVES = 4;
  private static final int FRAMES = 18;
  private static final Color RED = Color.RED;
  private static final Color PALE = new Color(205, 100, 100);

  @TempDir private static Path folder;
  private static RoadData film;
  private static DetectorLook.Outcome finder;

  @BeforeAll
  static void film() throws IOException {
    Path films = folder.resolve("films");
    film(films, FRAMES);
    film = RoadDatasets.withoutTest(films);
    DetectorReading reading = read(YoloModel.V8_RED, 0.7);
    finder = DetectorLook.of(reading, LabelledFrames.of(film, reading.labels(), Map.of()), 1);
  }

  private static void film(Path films, int frames) throws IOException {
    for (int d = 0; d < DRIVES; d++) {
      Path drive = Files.createDirectories(films.resolve("drive" + d));
      for (int f = 0; f < frames; f++) {
        BufferedImage picture = new BufferedImage(320, 256, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        g.setColor(new Color(108 + d, 108 + d, 108 + d));
        g.fillRect(0, 0, 320, 256);
        g.setColor(RED);
        // On the grid of the nets' cells: elsewhere a pale square looks redder.
        g.fillRect(64, 96, 32, 32);
        g.setColor(PALE);
        g.fillRect(192, 96, 32, 32);
        g.dispose();
        ImageIO.write(picture, "png", drive.resolve("%02d.png".formatted(f)).toFile());
      }
    }
  }

  private static DetectorReading read(YoloModel model, @Nullable Double threshold)
      throws IOException {
    Path file = Files.write(folder.resolve(model.file()), model.bytes());
    Path labels = Files.writeString(folder.resolve("labels.txt"), YoloModel.LABELS);
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

  private static DetectorGuardInitializer.Outcome guard(
      String out, RoadData data, @Nullable Double told, Set<WitnessKind> kinds) throws IOException {
    DetectorReading witness = read(YoloModel.V5_RED, told);
    return new DetectorGuardInitializer(
            new DetectorGuardInitializer.Settings(
                finder.reading(),
                finder.figures(),
                List.of("red thing"),
                null,
                LabelMeanings.NONE,
                new WitnessPlan(
                    witness,
                    WitnessPlan.meanings(List.of("red thing"), witness.labels(), Map.of()),
                    kinds,
                    told != null,
                    "own work"),
                folder.resolve(out),
                0.25,
                "own work",
                2,
                7),
            data,
            CleanDrives.of(data, CleanDrives.Kind.FILM, 1000, 7))
        .run((task, steps) -> () -> {});
  }

  @Test
  void aWitnessIsMadeSurerUntilCleanDrivesAreQuietAndTheCalibrationHolds() throws IOException {
    DetectorGuardInitializer.Outcome outcome =
        guard("guard", film, null, EnumSet.allOf(WitnessKind.class));

    WitnessOutcome witness = outcome.witness();
    assertThat(witness).isNotNull();
    assertThat(witness.leftOut()).isEmpty();
    assertThat(witness.chosenOn()).isEqualTo(2);
    assertThat(witness.measuredOn()).isEqualTo(2);
    assertThat(witness.separate()).isTrue();
    assertThat(witness.rates()).containsOnlyKeys(WitnessKind.values());
    assertThat(witness.rates().values()).allMatch(r -> r.count() == 0 && r.atMost() > 100);
    assertThat(outcome.warnings()).anyMatch(w -> w.contains("are little for a witness"));
    Bundle bundle = Bundle.load(folder.resolve("guard"));
    Witnesses settings = bundle.policy(null).policy().witnesses();
    assertThat(settings).isEqualTo(witness.settings());
    assertThat(settings).isNotNull();
    assertThat(settings.detectors()).hasSize(1);
    assertThat(settings.detectors().get(0).threshold())
        .as("0.4 and 0.55 see the pale squares")
        .isEqualTo(0.7);
    assertThat(settings.detectors().get(0).labels())
        .isEqualTo(Map.of("red thing", List.of("red thing")));
    Witnesses.HiddenObject hidden = settings.hiddenObject();
    assertThat(hidden).isNotNull();
    assertThat(hidden.sureFrames()).as("by its word alone").isZero();
    try (ReadyGuard ready = GuardFactory.create(bundle)) {
      assertThat(ready.witnesses()).hasSize(1);
      assertThat(ready.witnesses().get(0).propose(film.frames().get(0).image())).hasSize(1);
    }
    assertThat(folder.resolve("guard/models/yolo-v5-red.md"))
        .content()
        .contains("HIDDEN_OBJECT on 2 other clean drives: 0 in 0.0 minutes");
  }

  @Test
  void aWitnessWhoseThresholdIsToldTellsOfLargerThingsOnly() throws IOException {
    DetectorGuardInitializer.Outcome outcome =
        guard("told", film, 0.4, EnumSet.of(WitnessKind.HIDDEN));

    Witnesses settings = outcome.bundle().policy(null).policy().witnesses();
    assertThat(settings).isNotNull();
    assertThat(settings.detectors().get(0).threshold()).isEqualTo(0.4);
    // The pale squares are smaller than that.
    Witnesses.HiddenObject hidden = settings.hiddenObject();
    assertThat(hidden).isNotNull();
    assertThat(hidden.minimumSide()).isEqualTo(48);
    assertThat(settings.phantomObject()).isNull();
    assertThat(settings.vanished()).isNull();
  }

  @Test
  void drivesThatAreTooShortForAWitnessAreRefused() throws IOException {
    Path films = folder.resolve("short");
    film(films, 9);
    RoadData data = RoadDatasets.withoutTest(films);

    assertThatThrownBy(() -> guard("never", data, null, EnumSet.of(WitnessKind.HIDDEN)))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("drives of fewer than 15 frames say nothing of it");
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @Test
  void labelsArePairedByNameAndByWord() {
    List<String> witness = List.of("blue thing", "red thing");

    assertThat(WitnessPlan.meanings(List.of("Red Thing"), witness, Map.of()))
        .isEqualTo(Map.of("Red Thing", List.of("red thing")));
    assertThat(WitnessPlan.meanings(List.of("stop"), witness, Map.of("stop", "blue thing")))
        .isEqualTo(Map.of("stop", List.of("blue thing")));
    assertThat(WitnessPlan.meanings(List.of("stop"), List.of("sign"), Map.of())).isEmpty();
    assertThatThrownBy(() -> WitnessPlan.meanings(List.of("stop"), witness, Map.of()))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("--witness-rename 'FINDER=WITNESS'");
    assertThatThrownBy(() -> WitnessPlan.meanings(List.of("stop"), witness, Map.of("stop", "x")))
        .hasMessageContaining("--witness-rename 'stop=x': the witness has no label 'x'");
  }
}
