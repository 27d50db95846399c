package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is seen where a sign was, after a while in which nothing was. */
final class ReappearedSignTest {

  private static final Region SIGN = new Region(300, 100, 40, 40);

  @ParameterizedTest
  @CsvSource({"0, SUSPECT", "2, SUSPECT", "3, NO_SIGN", "6, NO_SIGN"})
  void onlyWhatNeverLeftTheSightIsALostSign(int framesOutOfSight, Decision expected) {
    try (WitnessedDrive drive = new WitnessedDrive(null)) {
      drive.verifier.sign = 0.9f;
      look(drive, 10);
      assertThat(last(drive).decision()).isEqualTo(Decision.ACCEPT);
      for (int i = 0; i < framesOutOfSight; i++) {
        drive.step();
      }
      drive.verifier.sign = 0.05f;
      look(drive, 8);
      assertThat(last(drive).decision()).isEqualTo(expected);
      assertThat(drive.finish()).hasSize(expected == Decision.SUSPECT ? 1 : 0);
    }
  }

  @Test
  void aSignThatComesBackIsConfirmedAnew() {
    try (WitnessedDrive drive = new WitnessedDrive(null)) {
      drive.verifier.sign = 0.9f;
      look(drive, 10);
      for (int i = 0; i < 5; i++) {
        drive.step();
      }
      look(drive, 10);
      assertThat(last(drive).decision()).isEqualTo(Decision.ACCEPT);
      drive.verifier.sign = 0.05f;
      look(drive, 8);
      assertThat(last(drive).decision()).isEqualTo(Decision.SUSPECT);
    }
  }

  @Test
  void whatBeganToBeLostIsNotForgivenForAGap() {
    try (WitnessedDrive drive = new WitnessedDrive(null)) {
      drive.verifier.sign = 0.9f;
      look(drive, 10);
      drive.verifier.sign = 0.05f;
      look(drive, 3);
      for (int i = 0; i < 4; i++) {
        drive.step();
      }
      look(drive, 5);
      assertThat(last(drive).decision()).isEqualTo(Decision.SUSPECT);
    }
  }

  private static void look(WitnessedDrive drive, int frames) {
    for (int i = 0; i < frames; i++) {
      drive.detect(SIGN).step();
    }
  }

  private static Verdict last(WitnessedDrive drive) {
    FrameResult result = drive.results.get(drive.results.size() - 1);
    assertThat(result.tracks()).hasSize(1);
    Verdict verdict = result.tracks().get(0).verdict();
    assertThat(verdict).isNotNull();
    return java.util.Objects.requireNonNull(verdict);
  }
}
