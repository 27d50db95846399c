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
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.testing.YoloModel;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A YOLO file that finds red squares, on films of such squares. */
final class DetectorGuardInitializerTest {

  private static final int DRIVES = 4;
  private static final int FRAMES = 10;
  private static final int SQUARES = 2;

  @TempDir private static Path folder;
  private static RoadData film;
  private static DetectorLook.Outcome looked;

  @BeforeAll
  static void film() throws IOException {
    Path films = folder.resolve("films");
    for (int d = 0; d < DRIVES; d++) {
      Path drive = Files.createDirectories(films.resolve("drive" + d));
      for (int f = 0; f < FRAMES; f++) {
        BufferedImage picture = new BufferedImage(320, 256, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        g.setColor(new Color(90 + 5 * d, 90 + 5 * d, 90 + 5 * d));
        g.fillRect(0, 0, 320, 256);
        g.setColor(Color.RED);
        for (int k = 0; k < SQUARES; k++) {
          g.fillRect(60 + 130 * k + 2 * f, 100 + 10 * d - f, 32, 32);
        }
        g.dispose();
        // Not padded: frame 9 comes before frame 10.
        ImageIO.write(picture, "png", drive.resolve("frame" + (f + 1) + ".png").toFile());
      }
    }
    film = RoadDatasets.withoutTest(films);
    Path file = Files.write(folder.resolve("squares.tflite"), YoloModel.V8_RED_INT8.bytes());
    DetectorSettings settings =
        new DetectorSettings(
            Files.writeString(folder.resolve("labels.txt"), YoloModel.LABELS),
            ModelInput.INFERRED,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            Map.of(),
            false);
    DetectorReading reading = DetectorReading.of(file, settings);
    looked = DetectorLook.of(reading, LabelledFrames.of(film, reading.labels(), Map.of()), 1);
  }

  private static DetectorGuardInitializer initializer(String out, double rate) {
    return new DetectorGuardInitializer(
        new DetectorGuardInitializer.Settings(
            looked.reading(),
            looked.figures(),
            List.of("red thing"),
            null,
            LabelMeanings.NONE,
            null,
            folder.resolve(out),
            rate,
            "own work",
            2,
            7),
        film,
        CleanDrives.of(film, CleanDrives.Kind.FILM, 1000, 7));
  }

  @Test
  void aDetectorBecomesAGuardThatIsCalibratedByTrack() {
    DetectorGuardInitializer.Outcome outcome =
        initializer("guard", 0.2).run((task, steps) -> () -> {});

    assertThat(outcome.result().tracks()).isEqualTo(DRIVES * SQUARES);
    assertThat(outcome.result().frames()).isEqualTo(DRIVES * FRAMES);
    assertThat(outcome.calibration().scores()).hasSize(DRIVES * SQUARES).isSorted();
    assertThat(outcome.calibration().dataName()).isEqualTo("films");
    assertThat(outcome.warnings()).anyMatch(w -> w.contains("8 tracks are few"));
    GuardPolicy.Finder finder = outcome.bundle().policy(null).policy().finder();
    assertThat(finder).isNotNull();
    assertThat(finder.labels()).containsExactly("red thing");
    try (ReadyGuard ready = GuardFactory.create(Bundle.load(folder.resolve("guard")))) {
      assertThat(ready.finder().propose(film.frames().get(0).image())).hasSize(SQUARES);
    }
  }

  @Test
  void tooFewTracksAreToldAndNothingIsLeft() throws IOException {
    assertThatThrownBy(() -> initializer("few", 0.05).run((task, steps) -> () -> {}))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("cannot be promised from 8 calibration tracks")
        .hasMessageContaining("8 tracks came of 4 films of 40 frames");
    try (var left = Files.list(folder)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".few") || name.equals("few"));
    }
  }

  @Test
  void theSameFramesGiveTheSameScoresOnAnyNumberOfThreads() {
    Bundle bundle = initializer("same", 0.2).run((task, steps) -> () -> {}).bundle();
    List<List<Double>> scores = new ArrayList<>();
    for (int threads : new int[] {1, 3}) {
      scores.add(
          DetectorCalibrator.calibrate(
                  bundle,
                  bundle.policy(null),
                  CleanDrives.of(film, CleanDrives.Kind.FILM, 1000, 7),
                  false,
                  "films",
                  "0",
                  "all",
                  threads,
                  7,
                  () -> {})
              .calibration()
              .scores());
    }
    assertThat(scores.get(0)).isEqualTo(scores.get(1));
  }

  @Test
  void filmAndStillsAreToldApart() throws IOException {
    assertThat(CleanDrives.of(film, null, 1000, 1).kind()).isEqualTo(CleanDrives.Kind.FILM);
    Path stills = Files.createDirectories(folder.resolve("stills"));
    for (int i = 0; i < 8; i++) {
      BufferedImage picture = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
      Graphics2D g = picture.createGraphics();
      g.setColor(Color.getHSBColor(i * 0.37f, 1, 1));
      g.fillRect(0, 0, 64, 48);
      g.dispose();
      ImageIO.write(picture, "png", stills.resolve(i + ".png").toFile());
    }
    CleanDrives drives = CleanDrives.of(RoadDatasets.withoutTest(stills), null, 5, 1);

    assertThat(drives.kind()).isEqualTo(CleanDrives.Kind.STILLS);
    assertThat(drives.words()).contains("5 photographs", "180 frames", "--frames film");
    assertThat(CleanDrives.compare("frame9.png", "frame10.png")).isNegative();
  }

  @Test
  void labelsOfADetectorAreClassesOfClassifiers() {
    List<String> classes = List.of("Stop", "Yield", "No entry");

    assertThat(
            LabelMeanings.of(List.of("person", "stop sign"), classes, Map.of("Stop", "stop sign"))
                .classesOf())
        .isEqualTo(Map.of("stop sign", List.of("Stop")));
    assertThat(LabelMeanings.of(List.of("sign"), classes, Map.of("*", "sign")).classesOf())
        .isEqualTo(Map.of("sign", classes));
    assertThatThrownBy(() -> LabelMeanings.of(List.of("person"), classes, Map.of()))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("--rename 'CLASS=LABEL'");
  }
}
