package io.stopline.campaign.proving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VehicleTest {

  private static final int STOP = 14;

  @Test
  void theLabelAtTheDecisionPointIsTheLastOneBeforeIt() {
    LabelInForce force = new LabelInForce(STOP, 25);

    force.see(40, -1, false);
    force.see(30, STOP, false);
    force.see(25, STOP, false);
    force.see(24, 2, true);

    assertThat(force.standing()).isEqualTo(Standing.RIGHT);
    assertThat(force.atDecision()).isEqualTo(STOP);
    assertThat(force.rightInForce()).isTrue();
    assertThat(force.firstWrong()).isEqualTo(2);
    assertThat(force.suspected()).isTrue();
  }

  @Test
  void aSuspicionAfterTheDecisionPointHelpsNobodyThere() {
    LabelInForce force = new LabelInForce(STOP, 25);

    force.see(30, -1, false);
    force.see(20, -1, true);

    assertThat(force.standing()).isEqualTo(Standing.UNDECIDED);

    LabelInForce before = new LabelInForce(STOP, 25);
    before.see(30, -1, true);
    assertThat(before.standing()).isEqualTo(Standing.SUSPECTED);
  }

  @Test
  void whereNoSignIsNoLabelIsTheRightOne() {
    LabelInForce none = new LabelInForce(-1, 25);
    none.see(30, -1, false);
    assertThat(none.standing()).isEqualTo(Standing.RIGHT);
    assertThat(none.firstWrong()).isEqualTo(-1);

    LabelInForce fooled = new LabelInForce(-1, 25);
    fooled.see(30, STOP, false);
    assertThat(fooled.standing()).isEqualTo(Standing.WRONG);
    assertThat(Manoeuvre.of(-1, STOP, fooled.standing())).isEqualTo(Manoeuvre.BRAKED_FOR_NOTHING);
  }

  @Test
  void aVehicleWithoutAGuardTakesWhatMostOfTheLastEightFramesSay() {
    BareMajority majority = new BareMajority();

    for (int i = 0; i < 7; i++) {
      assertThat(majority.add(2)).isEqualTo(-1);
    }
    assertThat(majority.add(STOP)).isEqualTo(2);
    for (int i = 0; i < 2; i++) {
      assertThat(majority.add(STOP)).isEqualTo(2);
    }
    // Four and four: neither has most.
    assertThat(majority.add(STOP)).isEqualTo(-1);
    assertThat(majority.add(STOP)).isEqualTo(STOP);
  }

  @ParameterizedTest
  @CsvSource({
    "14, 14, RIGHT, STOPPED",
    "1, 1, RIGHT, AS_TOLD",
    "14, -1, SUSPECTED, STOPPED",
    "1, -1, SUSPECTED, BRAKED_FOR_NOTHING",
    "14, -1, UNDECIDED, SLOWED",
    // A stop sign taken for a limit, give way for priority, 30 for 50: driven on or too fast.
    "14, 1, WRONG, RAN_SIGN",
    "13, 12, WRONG, RAN_SIGN",
    "1, 2, WRONG, RAN_SIGN",
    // 50 for 30 is slow and harms nobody; 30 for a stop sign makes it brake.
    "2, 1, WRONG, AS_TOLD",
    "1, 14, WRONG, BRAKED_FOR_NOTHING",
    "17, 14, WRONG, AS_TOLD",
    "25, 26, WRONG, AS_TOLD",
  })
  void whatTheVehicleDoes(int signClass, int label, Standing standing, Manoeuvre expected) {
    assertThat(Manoeuvre.of(signClass, label, standing)).isEqualTo(expected);
  }
}
