package io.stopline.campaign.robustness;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.config.Bundle;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Floor;
import io.stopline.sdk.guard.GuardPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/** Attacks each member of a guard by itself, at half the budget of the attack on the guard. */
final class MemberFloor {

  private MemberFloor() {}

  /**
   * @param attack with half the budget
   * @param epsilon that half
   * @param inputs the sample on which the guard was attacked
   * @throws io.stopline.tflite.InvalidModelException if TensorFlow Lite refuses a member
   */
  static Floor measure(
      Bundle bundle,
      GuardPolicy policy,
      Attack attack,
      double epsilon,
      Inputs inputs,
      int batch,
      long seed,
      DoubleConsumer progress) {
    List<Floor.Member> members = new ArrayList<>();
    int all = policy.members().size();
    for (String name : policy.members()) {
      double before = (double) members.size() / all;
      try (AttackedModel member =
          AttackedModel.open(name, bundle.modelBytes(name), bundle.model(name).input(), 1)) {
        AttackRunner.Plan plan =
            new AttackRunner.Plan(List.of(attack), epsilon, -1, false, batch, seed, () -> false);
        AttackRun run =
            new AttackRunner(
                    member.victim(),
                    member.judge(),
                    plan,
                    null,
                    share -> progress.accept(before + share / all))
                .run(inputs);
        Rate standing = run.robustAccuracy();
        members.add(
            new Floor.Member(name, Rate.of(standing.of() - standing.count(), standing.of())));
      }
    }
    return new Floor(epsilon, members);
  }
}
