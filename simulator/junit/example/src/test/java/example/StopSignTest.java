package example;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.stopline.junit.Drive;
import io.stopline.junit.DrivenSign;

class StopSignTest {

  private static final String BUNDLE = "../../../firmware-config/bundles/traffic-signs";

  @Drive(scenario = "src/test/scenarios/stop.yaml", bundle = BUNDLE, seeds = {1, 2, 3})
  void aCleanSignIsNotSuspected(DrivenSign sign) {
    assertFalse(sign.suspected());
  }

  @Drive(
      scenario = "src/test/scenarios/stop.yaml",
      bundle = BUNDLE,
      seeds = {1, 2},
      attack = "stickers",
      queries = 300)
  void noWrongLabelPassesUnnoticed(DrivenSign sign) {
    assertFalse(sign.undetected());
  }
}
