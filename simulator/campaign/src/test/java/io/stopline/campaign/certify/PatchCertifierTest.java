package io.stopline.campaign.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.autodiff.ImageShape;
import io.stopline.campaign.certify.PatchCertifier.Proof;
import io.stopline.campaign.certify.PatchCertifier.Ruling;
import io.stopline.campaign.model.LocalScoresModel;
import io.stopline.campaign.model.TfliteBatchModel;
import io.stopline.campaign.robustness.AttackData;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.Margins;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import io.stopline.training.method.MaskSet;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is proved of real pictures holds for patches of every kind, on the exact files. */
final class PatchCertifierTest {

  private static final int SIDE = 5;
  private static final int PICTURES = 8;
  private static final int PATCHES = 30;

  private static Dataset data;
  private static AttackData pictures;
  private static Groups classes;
  private static Groups halves;
  private static Map<Level, Groups> groups;

  @BeforeAll
  static void read() {
    data = Dataset.open(SharedFiles.path("data/gtsrb"));
    Split split = data.split("calibration");
    List<Integer> numbers = IntStream.range(0, PICTURES).map(i -> 29 + 930 * i).boxed().toList();
    pictures = AttackData.of(split.samples(), numbers, new ImageShape(32, 32, 3));
    classes = Groups.single(data.classNames());
    halves =
        new Groups(
            List.of("low", "high"),
            IntStream.range(0, 43).map(c -> c < 20 ? 0 : 1).boxed().toList());
    groups = Map.of(Level.CLASS, classes, Level.GROUP, halves);
  }

  private static float[] picture(int row) {
    return Arrays.copyOfRange(pictures.inputs().images(), row * 3072, (row + 1) * 3072);
  }

  /** Noise, black, white or what another sign shows there; corners and edges among the places. */
  private static float[] patched(float[] clean, int side, Random random) {
    float[] image = clean.clone();
    int[] edges = {0, 32 - side, random.nextInt(33 - side), random.nextInt(33 - side)};
    int top = edges[random.nextInt(4)];
    int left = edges[random.nextInt(4)];
    int kind = random.nextInt(4);
    float[] other = picture(random.nextInt(PICTURES));
    for (int y = top; y < top + side; y++) {
      for (int k = 3 * left; k < 3 * (left + side); k++) {
        image[96 * y + k] =
            kind == 0
                ? random.nextInt(256) / 255f
                : kind == 1 ? 0 : kind == 2 ? 1 : other[96 * ((y + 9) % 32) + (k + 27) % 96];
      }
    }
    return image;
  }

  private static void holds(PatchCertifier certifier, int patches) {
    Random random = new Random(2);
    int certified = 0;
    for (int i = 0; i < PICTURES; i++) {
      int label = pictures.inputs().labels()[i];
      Proof proof = certifier.prove(picture(i), label);
      assertThat(proof.margins()).hasSize(2);
      for (Margins margins : proof.margins()) {
        // As many as there are, whether certified at 0 or at a lower threshold.
        certified += margins.detected(0) ? 1 : 0;
        for (int p = 0; p < patches; p++) {
          Ruling ruling =
              certifier.rule(
                  patched(picture(i), SIDE, random),
                  label,
                  margins.level(),
                  SIDE,
                  margins.recovered());
          assertThat(ruling.passes())
              .as("input %d, %s", i, margins)
              .isGreaterThanOrEqualTo(margins.detection());
          if (margins.recovered()) {
            assertThat(ruling.recovered())
                .isEqualTo((margins.level() == Level.CLASS ? classes : halves).of().get(label));
          }
        }
      }
    }
    assertThat(certified).isBetween(PICTURES / 2, 2 * PICTURES);
  }

  @Test
  void windowsOfTheExactFileHold() {
    byte[] file = SharedFiles.bytes("models/local-int8.tflite");
    try (PatchCertifier certifier =
        new WindowCertifier(
            "local-int8",
            new LocalScoresModel("local-int8", file, InputEncoding.UNIT),
            groups,
            List.of(SIDE),
            true)) {
      holds(certifier, PATCHES);
      assertThat(certifier.cover(SIDE).side()).isEqualTo(6);
      assertThat(certifier.prove(picture(0), 0).inferences()).isEqualTo(1);
    }
  }

  @Test
  void masksOfAnyFileHoldAndSayWhatTheyCost() {
    byte[] file = SharedFiles.bytes("models/mobile-int8.tflite");
    try (TfliteBatchModel model =
            TfliteBatchModel.open("mobile-int8", file, InputEncoding.UNIT, 2);
        MaskCertifier certifier = new MaskCertifier(model, groups, List.of(SIDE), 3, true)) {
      holds(certifier, 3);
      // Nine masks: the picture, each mask, and each pair unless recovery is lost before.
      assertThat(certifier.prove(picture(0), pictures.inputs().labels()[0]).inferences())
          .isBetween(1 + 9L, 1 + 9 + 36L);
      assertThat(certifier.cover(SIDE).side()).isEqualTo(SIDE);
    }
  }

  @Test
  void aModelWithoutLocalScoresIsRefusedByName() {
    byte[] file = SharedFiles.bytes("models/res-int8.tflite");
    assertThatThrownBy(() -> new LocalScoresModel("res-int8", file, InputEncoding.UNIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'res-int8'")
        .hasMessageContaining("small receptive field");
  }

  /** Certificates that are none fall: the attack finds what a wrong margin would hide. */
  @Test
  void theAttackBreaksWhatIsNotCertified() {
    byte[] file = SharedFiles.bytes("models/local-int8.tflite");
    try (WindowCertifier certifier =
        new WindowCertifier(
            "local-int8",
            new LocalScoresModel("local-int8", file, InputEncoding.UNIT),
            Map.of(Level.CLASS, classes),
            List.of(SIDE),
            false)) {
      try (Surrogate surrogate =
          new WindowSurrogate(
              file,
              InputEncoding.UNIT,
              certifier.check(Level.CLASS, SIDE).windows(),
              classes,
              Surrogate.Goal.PASS)) {
        double[] values = new double[PICTURES];
        float[] gradient = new float[PICTURES * 3072];
        surrogate.evaluate(
            pictures.inputs().images(), PICTURES, pictures.inputs().labels(), values, gradient);
        for (int i = 0; i < PICTURES; i++) {
          int label = pictures.inputs().labels()[i];
          Ruling ruling = certifier.rule(picture(i), label, Level.CLASS, SIDE, false);
          // The float equivalent's idea of what passes is the exact check's, but for rounding.
          assertThat(-values[i])
              .isCloseTo(ruling.passes(), org.assertj.core.api.Assertions.within(0.6));
          PatchCover cover = certifier.cover(SIDE);
          assertThat(cover.best(gradient, i * 3072, SIDE, 3))
              .hasSize(3)
              .allSatisfy(p -> assertThat(cover.covers(p[0], p[1], SIDE)).isTrue());
          // Two pixels more than what the windows are for: somewhere no window hides the patch.
          assertThat(cover.best(gradient, i * 3072, SIDE + 2, 3))
              .allSatisfy(p -> assertThat(cover.covers(p[0], p[1], SIDE + 2)).isFalse());
        }
      }
    }
  }

  /** What one view hides whole is no place for a patch that is to be seen. */
  @Test
  void aPatchBeyondTheMasksIsPutWhereEveryMaskLeavesSomeOfItInSight() {
    ImageShape shape = new ImageShape(32, 32, 3);
    MaskSet masks = new MaskSet(shape, SIDE, 6);
    PatchCover cover =
        new PatchCover(
            IntStream.range(0, masks.count())
                .mapToObj(
                    m -> new Region(masks.left(m), masks.top(m), masks.width(), masks.height()))
                .toList(),
            shape);
    float[] gradient = new float[shape.size()];
    Arrays.fill(gradient, 1);

    assertThat(cover.side()).isEqualTo(SIDE);
    for (int[] place : cover.best(gradient, 0, SIDE + 1, 4)) {
      assertThat(cover.covers(place[0], place[1], SIDE + 1)).isFalse();
      // Masks begin every fifth pixel and are nine wide: only from the fourth before on is one too
      // short, along both sides of these places.
      assertThat(place[0] % 5).isEqualTo(4);
      assertThat(place[1] % 5).isEqualTo(4);
    }
  }

  /** The attacker's idea of double windows and masks is the exact check's, but for rounding. */
  @Test
  void theAttackOnRecoveryKnowsHowFarTheGroupIsFromBeingLost() {
    byte[] file = SharedFiles.bytes("models/local-int8.tflite");
    double[] values = new double[PICTURES];
    float[] gradient = new float[PICTURES * 3072];
    int[] right =
        Arrays.stream(pictures.inputs().labels()).map(label -> halves.of().get(label)).toArray();
    int recovered = 0;
    try (WindowCertifier certifier =
            new WindowCertifier(
                "local-int8",
                new LocalScoresModel("local-int8", file, InputEncoding.UNIT),
                groups,
                List.of(SIDE),
                true);
        Surrogate windows =
            new WindowSurrogate(
                file,
                InputEncoding.UNIT,
                certifier.check(Level.GROUP, SIDE).windows(),
                halves,
                Surrogate.Goal.LOSE)) {
      windows.evaluate(pictures.inputs().images(), PICTURES, right, values, gradient);
      for (int i = 0; i < PICTURES; i++) {
        int label = pictures.inputs().labels()[i];
        boolean given =
            certifier.rule(picture(i), label, Level.GROUP, SIDE, true).recovered() == right[i];
        recovered += given ? 1 : 0;
        if (Math.abs(values[i]) > 0.6) {
          assertThat(values[i] < 0).as("input %d, %s", i, values[i]).isEqualTo(given);
        }
      }
    }
    assertThat(recovered).isPositive();
    assertThat(IntStream.range(0, gradient.length).anyMatch(i -> gradient[i] != 0)).isTrue();
  }
}
