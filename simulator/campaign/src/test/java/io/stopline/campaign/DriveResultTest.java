package io.stopline.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.scene.SignTruth;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriveResultTest {

  private static final int STOP = 14;
  private static final int NONE = -1;

  private static SignJudgement sign(int number, long track, int released) {
    SignTruth truth = new SignTruth(number, STOP, new Region(0, 0, 40, 40), List.of(), 20, 40, 1);
    return new SignJudgement(truth, true, STOP, 0.9, 0.9, 0.8, track, null, released);
  }

  @Test
  void signsWhoseLabelsWereReleasedAreCountedOnce() {
    int[] first = {NONE, STOP, STOP, STOP};
    int[] second = {NONE, 1, NONE, STOP};
    int[] third = {NONE, NONE, 2, 3};
    List<FrameJudgement> frames = new ArrayList<>();
    for (int f = 0; f < first.length; f++) {
      frames.add(
          new FrameJudgement(
              f,
              List.of(sign(0, 7, first[f]), sign(1, 8, second[f]), sign(2, 9, third[f])),
              List.of()));
    }
    DriveResult result = new DriveResult("test", true, frames, List.of());
    assertThat(result.released()).isEqualTo(2);
    assertThat(result.releasedWrong()).isEqualTo(2);
    assertThat(result.releasedWrongUnsuspected()).isEqualTo(2);
    // The second sign's wrong label was taken back, the third's gave way to another.
    assertThat(result.withdrawn()).isEqualTo(2);
    assertThat(result.toJson().get("releasedWrong").asInt()).isEqualTo(2);
  }
}
