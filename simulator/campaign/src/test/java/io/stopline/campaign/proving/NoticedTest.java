package io.stopline.campaign.proving;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.config.Bundle;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.CheckScore;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoticedTest {

  private static final GuardPolicy POLICY =
      Bundle.load(Bundle.locate("traffic-signs")).policy(null).policy();

  @Test
  void theCheckThatAddsMostByItsWeightIsNamed() {
    // The last check found more, but weighs half as much.
    assertThat(Noticed.by(verdict(0.005, 0.4, Double.NaN, 0, 0, 0.7), POLICY)).isEqualTo("c0");
    assertThat(Noticed.by(verdict(0.005, 0.2, 0.1, 0, 0, 0.7), POLICY)).isEqualTo("c4");
  }

  @Test
  void aSignThatWasLostForTooLongIsNoCheckOfIts() {
    assertThat(Noticed.by(verdict(0.8, 0.4, 0.4, 0, 0, 0), POLICY)).isEqualTo(Noticed.SIGN);
    double n = Double.NaN;
    assertThat(Noticed.by(verdict(0.005, n, n, n, n, n), POLICY)).isEqualTo(Noticed.SIGN);
  }

  private static Verdict verdict(double pValue, double... nonconformities) {
    List<CheckScore> checks = new ArrayList<>();
    for (double nonconformity : nonconformities) {
      checks.add(new CheckScore("c" + checks.size(), nonconformity));
    }
    return new Verdict(
        14,
        "Stop",
        0.9,
        true,
        true,
        Decision.SUSPECT,
        pValue,
        0.2,
        0.2,
        true,
        checks,
        1,
        Sighting.NONE,
        Float.NaN,
        List.of("why"),
        10,
        0,
        1,
        1000,
        new GuardIdentity("p", "0", "0", List.of(), null, null),
        null,
        null);
  }
}
