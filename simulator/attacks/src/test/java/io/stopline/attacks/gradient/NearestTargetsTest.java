package io.stopline.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.attacks.WrongLabelLoss;
import io.stopline.attacks.adaptive.NearestTargets;
import io.stopline.attacks.adaptive.NearestTargets.Order;
import io.stopline.autodiff.ImageShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NearestTargetsTest {

  /** Changes nothing and remembers which loss it was shown at the clean image. */
  private static final class Looker implements Attack {
    final List<Float> losses = new ArrayList<>();

    @Override
    public String name() {
      return "looker";
    }

    @Override
    public ThreatModel threatModel() {
      return Declared.whiteBox(new PixelBudget(Norm.LINF, 0.01, false), false, 1, 1);
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of();
    }

    @Override
    public Outcome attack(Victim victim, Inputs inputs, Run run) {
      Objective.Answers answers = Objective.Answers.room(1, inputs.shape(), false);
      victim
          .objective(inputs, new WrongLabelLoss(), null)
          .evaluate(new int[] {0}, inputs.images(), answers);
      losses.add(answers.loss()[0]);
      return new Outcome(inputs.images().clone(), new boolean[1]);
    }
  }

  /** Right class 0 at 3; class 1 at 2.85 but far, class 2 at 2 and near, class 3 at 1. */
  private final Linear linear =
      new Linear(
          new ImageShape(2, 2, 1),
          new float[][] {{1, 1, 1, 1}, {0.9f, 1, 1, 1}, {-3, -3, -3, -3}, {1, 1, 1, -1}},
          new float[] {1, 0.9f, 8, 0});

  private final Inputs one = Batches.labelled(linear, new float[] {0.5f, 0.5f, 0.5f, 0.5f}, 1);

  private List<Float> losses(Order order, int targets) {
    Looker looker = new Looker();
    Attack.Outcome outcome =
        new NearestTargets("test", looker, targets, order)
            .attack(ModelVictim.of(linear), one, Run.of(1));
    assertThat(outcome.stages()).hasSize(targets + 1);
    return looker.losses;
  }

  private float towards(int target) {
    float[] scores = new float[4];
    linear.logits(one.images(), 1, scores);
    return (float) new WrongLabelLoss().evaluate(scores, 0, 4, 0, target, null);
  }

  @Test
  void classesAreTriedInTheOrderThatWasAskedFor() {
    assertThat(losses(Order.NEARNESS, 3))
        .containsExactly(towards(-1), towards(1), towards(2), towards(3));
    assertThat(losses(Order.MALT, 3))
        .containsExactly(towards(-1), towards(2), towards(3), towards(1));
    assertThat(losses(Order.MALT, 0)).containsExactly(towards(-1));
    assertThatThrownBy(() -> losses(Order.MALT, 4)).hasMessageContaining("4 targets");
  }

  @Test
  void theOrderIsAnOptionOfTheAdaptiveAttack() {
    assertThat(Attacks.make("adaptive", Map.of()).settings()).containsEntry("order", "nearness");
    assertThat(Attacks.make("adaptive", Map.of("order", "malt")).settings())
        .containsEntry("order", "malt");
    assertThatThrownBy(() -> Attacks.make("adaptive", Map.of("order", "size")))
        .hasMessageContaining("nearness")
        .hasMessageContaining("malt");
  }
}
