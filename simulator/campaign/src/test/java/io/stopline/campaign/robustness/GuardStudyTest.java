package io.stopline.campaign.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.adaptive.NearestTargets;
import io.stopline.attacks.adaptive.Pull;
import io.stopline.config.Bundle;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.robustness.Evidence.DrawPoint;
import io.stopline.testing.SharedFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The shipped guard, with few inputs. */
final class GuardStudyTest {

  /** On two inputs no number of draws can be said to break more: the first doubling is the last. */
  @Test
  void drawsAreDoubledUntilTwiceAsManyBreakNoMore() {
    Bundle bundle = Bundle.load(Path.of("../../firmware-config/bundles/traffic-signs"));
    Split split = Dataset.open(SharedFiles.path("data/gtsrb")).split("validation");
    Attack attack = NearestTargets.standard(new PixelBudget(Norm.LINF, 8.0 / 255, true), 2, 0);
    List<Double> progress = new ArrayList<>();
    try (GuardTarget guard =
        GuardTarget.open(
            bundle,
            bundle.policy("float32"),
            new GuardAttacker(true, GuardKnowledge.CALIBRATION, 1, Pull.JOINT),
            1,
            3)) {
      Inputs inputs = AttackData.of(split.samples(), List.of(0, 2000), guard.shape()).inputs();
      GuardStudy study = new GuardStudy(guard, attack, GuardKnowledge.CALIBRATION, 1, inputs, 3);

      List<DrawPoint> points = study.drawsUntilFlat(8, progress::add);

      assertThat(points).extracting(DrawPoint::draws).containsExactly(1, 2);
      assertThat(points).allMatch(point -> point.success().of() == 2);
      assertThat(progress).isSorted().allMatch(share -> share > 0 && share <= 1);
    }
  }
}
