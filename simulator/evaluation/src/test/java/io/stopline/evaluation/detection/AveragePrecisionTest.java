package io.stopline.evaluation.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AveragePrecisionTest {

  private static SignBox object(int x, int label) {
    return new SignBox(new Region(x, 0, 10, 10), label);
  }

  private static Detection find(int x, int label, double probability) {
    return new Detection(new Region(x, 0, 10, 10), label, (float) probability);
  }

  private static AveragePrecision of(List<List<SignBox>> objects, List<List<Detection>> finds) {
    return new AveragePrecision(objects, finds, 3, 7);
  }

  @Test
  void theAreaIsThatOfAWorkedExample() {
    // Three objects; right 0.9, false 0.8, right 0.7, false 0.6: recall 1/3 at precision 1, 2/3 at
    // 2/3, the third object is never found.
    AveragePrecision precision =
        of(
            List.of(List.of(object(0, 0), object(100, 0)), List.of(object(0, 0))),
            List.of(
                List.of(find(0, 0, 0.9), find(50, 0, 0.8), find(200, 0, 0.6)),
                List.of(find(0, 0, 0.7))));

    assertThat(precision.mean().value()).isEqualTo(1 / 3.0 + 2 / 9.0, within(1e-12));
    assertThat(precision.mean().of()).isEqualTo(3);
    assertThat(precision.found(0.5, 0).value()).isEqualTo(2 / 3.0, within(1e-12));
    assertThat(precision.found(0.5, 0.75).value()).isEqualTo(1 / 3.0, within(1e-12));
  }

  @Test
  void aSecondFindOfOneObjectIsFalseAndPrecisionNeverRisesWithRecall() {
    AveragePrecision precision =
        of(
            List.of(List.of(object(0, 0), object(100, 0))),
            List.of(List.of(find(0, 0, 0.9), find(1, 0, 0.8), find(100, 0, 0.7))));

    // Right, false, right: 1/2 at precision 1, the other half at 2/3.
    assertThat(precision.mean().value()).isEqualTo(0.5 + 0.5 * 2 / 3, within(1e-12));
  }

  @Test
  void aFindTakesTheFreeObjectThatItOverlapsMost() {
    // The surer find overlaps both objects; it takes the nearer one and leaves the other.
    AveragePrecision precision =
        of(
            List.of(List.of(object(0, 0), object(4, 0))),
            List.of(List.of(find(3, 0, 0.9), find(1, 0, 0.8))));

    assertThat(precision.mean(0.5).value()).isEqualTo(1);
    assertThat(precision.mean(0.85).value()).isZero();
  }

  @Test
  void whatIsNotToBeJudgedIsNeitherRightNorFalse() {
    List<List<SignBox>> objects =
        List.of(List.of(object(0, 0), new SignBox(new Region(100, 0, 40, 10), SignBox.OTHER)));
    List<List<Detection>> finds =
        List.of(
            List.of(find(100, 0, 0.99), find(120, 0, 0.98), find(0, 0, 0.5), find(300, 2, 0.97)));

    // Two finds inside the ignored box, and one of a label that no object has.
    assertThat(of(objects, finds).mean().value()).isEqualTo(1);
    assertThat(of(objects, finds).mean().of()).isEqualTo(1);
  }

  @Test
  void labelsAreJudgedApartAndOnlyThoseThatAreLabelled() {
    AveragePrecision precision =
        of(
            List.of(List.of(object(0, 0), object(100, 1))),
            List.of(List.of(find(0, 0, 0.9), find(100, 0, 0.8))));

    assertThat(precision.of(0, 0.5).value()).isEqualTo(1);
    assertThat(precision.of(1, 0.5).value()).isZero();
    assertThat(precision.of(2, 0.5).value()).isNaN();
    assertThat(precision.mean().value()).isEqualTo(0.5);
    assertThat(precision.objects()).isEqualTo(2);
    assertThat(precision.objects(1)).isEqualTo(1);
  }

  @Test
  void cocosFigureIsTheMeanOverTenOverlaps() {
    // 9 of 10 columns shared: 9/11 = 0.818, right up to 0.80, that is at 7 of the 10 overlaps.
    AveragePrecision precision =
        of(List.of(List.of(object(0, 0))), List.of(List.of(find(1, 0, 0.9))));

    assertThat(precision.mean().value()).isEqualTo(1);
    assertThat(precision.coco().value()).isEqualTo(0.7, within(1e-12));
    assertThat(precision.coco().of()).isEqualTo(1);
  }

  @Test
  void theIntervalHoldsTheTruthOfRandomFrames() {
    Random random = new Random(5);
    List<List<SignBox>> objects = new ArrayList<>();
    List<List<Detection>> finds = new ArrayList<>();
    for (int f = 0; f < 200; f++) {
      objects.add(List.of(object(0, 0)));
      finds.add(random.nextDouble() < 0.7 ? List.of(find(0, 0, 0.9)) : List.of());
    }
    Estimate estimate = of(objects, finds).mean();

    assertThat(estimate.low()).isBetween(0.55, 0.7);
    assertThat(estimate.high()).isBetween(0.7, 0.8);
    assertThat(estimate.value()).isBetween(estimate.low(), estimate.high());
  }

  @Test
  void framesThatAllAgreeStillLeaveRoomForDoubt() {
    AveragePrecision precision =
        of(
            Collections.nCopies(5, List.of(object(0, 0))),
            Collections.nCopies(5, List.of(find(0, 0, 0.9))));

    assertThat(precision.mean().value()).isEqualTo(1);
    assertThat(precision.mean().low()).isBetween(0.4, 0.6);
  }

  @Test
  void theDifferenceOfTwoIsJudgedOnTheSameFrames() {
    List<List<SignBox>> objects = Collections.nCopies(40, List.of(object(0, 0)));
    List<List<Detection>> half = new ArrayList<>();
    for (int f = 0; f < 40; f++) {
      half.add(f % 2 == 0 ? List.of(find(0, 0, 0.9)) : List.of());
    }
    AveragePrecision some = of(objects, half);
    AveragePrecision all = of(objects, Collections.nCopies(40, List.of(find(0, 0, 0.9))));

    assertThat(some.deviationOfDifference(some, 0.5)).isZero();
    assertThat(some.deviationOfDifference(all, 0.5)).isEqualTo(0.5 / Math.sqrt(40), within(0.01));
  }

  @Test
  void whatCannotBeJudgedIsRefused() {
    assertThatThrownBy(() -> of(List.of(List.of()), List.of()))
        .hasMessageContaining("0 lists of finds for 1 frames");
    assertThatThrownBy(() -> of(List.of(List.of(object(0, 3))), List.of(List.of())))
        .hasMessageContaining("label 3");
    assertThat(of(List.of(List.of()), List.of(List.of())).mean().toString())
        .isEqualTo("unknown (no objects)");
  }
}
