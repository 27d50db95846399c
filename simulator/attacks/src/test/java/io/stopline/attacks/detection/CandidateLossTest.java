package io.stopline.attacks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.random.RandomStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an attacker wants of candidates, and of detections. */
final class CandidateLossTest {
  private static final Region PLACE = new Region(20, 30, 40, 20);
  private static final int CANDIDATES = 60;
  private static final int LABELS = 4;

  private static final List<DetectionGoal> GOALS =
      List.of(
          DetectionGoal.hide(PLACE, 2),
          DetectionGoal.create(PLACE, 3),
          DetectionGoal.mislabel(PLACE, 2, 4),
          DetectionGoal.mislabel(PLACE, 2, DetectionGoal.ANY));

  @Test
  void derivativesAreDifferences() {
    RandomStream random = new RandomStream(1);
    for (DetectionGoal goal : GOALS) {
      CandidateLoss loss =
          new CandidateLoss(goal, Box.of(PLACE), CANDIDATES, LABELS, 1, false, 0.3, 1.5);
      float[] boxes = new float[2 * 4 * CANDIDATES];
      float[] scores = new float[2 * LABELS * CANDIDATES];
      for (int i = 0; i < 2 * CANDIDATES; i++) {
        boxes[4 * i] = (float) random.uniform(10, 30);
        boxes[4 * i + 1] = (float) random.uniform(20, 40);
        boxes[4 * i + 2] = (float) random.uniform(50, 70);
        boxes[4 * i + 3] = (float) random.uniform(40, 60);
      }
      for (int i = 0; i < scores.length; i++) {
        scores[i] = (float) random.uniform(-2, 2);
      }
      float[] byBox = new float[boxes.length];
      float[] byScore = new float[scores.length];
      loss.evaluate(boxes, scores, 1, byBox, byScore);
      int moved = 0;
      for (int i = 0; i < scores.length; i += 3) {
        double slope = slope(loss, boxes, scores, scores, i);
        assertThat((double) byScore[i]).isCloseTo(slope, within(2e-3));
        moved += Math.abs(slope) > 1e-3 ? 1 : 0;
      }
      assertThat(moved).isPositive();
      for (int i = 0; i < boxes.length; i += 5) {
        assertThat((double) byBox[i]).isCloseTo(slope(loss, boxes, scores, boxes, i), within(2e-3));
      }
    }
  }

  private static double slope(
      CandidateLoss loss, float[] boxes, float[] scores, float[] changed, int i) {
    float before = changed[i];
    changed[i] = before + 0.01f;
    double above = value(loss, boxes, scores);
    changed[i] = before - 0.01f;
    double below = value(loss, boxes, scores);
    changed[i] = before;
    return (above - below) / 0.02;
  }

  private static double value(CandidateLoss loss, float[] boxes, float[] scores) {
    return loss.evaluate(boxes, scores, 1, new float[boxes.length], new float[scores.length]);
  }

  /** A cell of a map is far too small to be the object's box, and is a part of it all the same. */
  @Test
  void votesOnTheObjectAreSilencedOrRaised() {
    float[] cells = new float[4 * CANDIDATES];
    float[] scores = new float[CANDIDATES];
    for (int i = 0; i < CANDIDATES; i++) {
      int row = i / 10;
      cells[4 * i] = 8 * (i % 10);
      cells[4 * i + 1] = 8 * row;
      cells[4 * i + 2] = cells[4 * i] + 8;
      cells[4 * i + 3] = cells[4 * i + 1] + 8;
    }
    for (DetectionGoal goal :
        List.of(DetectionGoal.hide(PLACE, 0), DetectionGoal.create(PLACE, 0))) {
      CandidateLoss loss = new CandidateLoss(goal, Box.of(PLACE), CANDIDATES, 1, 0, true, 0.3, 1.5);
      float[] cotangent = new float[CANDIDATES];

      loss.evaluate(cells, scores, 0, new float[cells.length], cotangent);

      for (int i = 0; i < CANDIDATES; i++) {
        boolean on = Box.of(PLACE).holdsMiddle(cells, 4 * i);
        float expected = on ? goal.kind() == DetectionGoal.Kind.HIDE ? -1 : 1 : 0;
        assertThat(Math.signum(cotangent[i])).isEqualTo(expected);
      }
    }
  }

  @Test
  void goalsAreReachedByWhatIsFoundThere() {
    Detection own = new Detection(PLACE, 2, 0.8f);
    Detection faint = new Detection(PLACE, 2, 0.3f);
    Detection other = new Detection(new Region(22, 31, 40, 20), 4, 0.6f);
    Detection elsewhere = new Detection(new Region(60, 60, 40, 20), 2, 0.9f);

    DetectionGoal hide = GOALS.get(0);
    assertThat(hide.reached(List.of(elsewhere, own), 0.5)).isFalse();
    assertThat(hide.reached(List.of(elsewhere, faint), 0.5)).isTrue();
    assertThat(hide.reached(List.of(other), 0.5)).isTrue();
    assertThat(hide.margin(List.of(own), 0.5)).isCloseTo(0.3, within(1e-6));

    DetectionGoal mislabel = GOALS.get(2);
    assertThat(mislabel.reached(List.of(own, other), 0.5)).isFalse();
    assertThat(mislabel.reached(List.of(other, faint), 0.5)).isTrue();
    assertThat(mislabel.reached(List.of(), 0.5)).isFalse();

    DetectionGoal create = DetectionGoal.create(PLACE, 4);
    assertThat(create.reached(List.of(own), 0.5)).isFalse();
    assertThat(create.reached(List.of(other), 0.5)).isTrue();
    assertThat(create.margin(List.of(other), 0.5)).isNegative();
  }

  @Test
  void goalsWithoutMeaningAreRefused() {
    assertThatThrownBy(() -> DetectionGoal.hide(PLACE, DetectionGoal.ANY))
        .hasMessageContaining("hide takes the label alone");
    assertThatThrownBy(() -> DetectionGoal.mislabel(PLACE, 3, 3))
        .hasMessageContaining("another one");
    assertThatThrownBy(
            () ->
                new CandidateLoss(
                    DetectionGoal.hide(PLACE, 9),
                    Box.of(PLACE),
                    CANDIDATES,
                    LABELS,
                    1,
                    false,
                    0,
                    1))
        .hasMessageContaining("scores for labels 1 to 4");
  }
}
