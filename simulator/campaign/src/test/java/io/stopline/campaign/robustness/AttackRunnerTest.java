package io.stopline.campaign.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.attacks.gradient.ProjectedGradient;
import io.stopline.evaluation.robustness.AttackFigures;
import io.stopline.sdk.random.RandomStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AttackRunnerTest {

  private static final double EPSILON = 0.1;

  @TempDir Path folder;

  private final LineModel model = new LineModel(1);

  /** Adds a constant to every value, towards the other class, whatever it declares. */
  private record Push(String name, double epsilon, double by) implements Attack {
    @Override
    public ThreatModel threatModel() {
      return new ThreatModel(
          ThreatModel.Goal.UNTARGETED,
          ThreatModel.Knowledge.WHITE_BOX,
          ThreatModel.GuardKnowledge.NONE,
          ThreatModel.Capability.DIGITAL,
          new ThreatModel.Perturbation(Norm.LINF, epsilon, false, 1, 1));
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("by", by);
    }

    @Override
    public Outcome attack(Victim victim, Inputs inputs, Run run) {
      float[] images = inputs.images().clone();
      for (int i = 0; i < images.length; i++) {
        float step = (float) (inputs.labels()[i / 3] == 1 ? -by : by);
        images[i] = Math.max(0, Math.min(1, images[i] + step));
      }
      boolean[] success = new boolean[inputs.count()];
      float[] scores = new float[2 * inputs.count()];
      victim.scores().logits(images, inputs.count(), scores);
      for (int i = 0; i < success.length; i++) {
        success[i] = (scores[2 * i + 1] > scores[2 * i] ? 1 : 0) != inputs.labels()[i];
      }
      run.progress().accept(1);
      return new Outcome(images, success);
    }
  }

  private AttackRunner.Plan plan(List<Attack> attacks, boolean independent, int batch) {
    return new AttackRunner.Plan(
        attacks, Double.POSITIVE_INFINITY, -1, independent, batch, 7, () -> false);
  }

  private AttackRun run(AttackRunner.Plan plan, Inputs inputs) {
    return new AttackRunner(
            ModelVictim.of(model), model.judge(), plan, null, AttackRunner.Listener.none())
        .run(inputs);
  }

  @Test
  void countsEachInputsWorstCaseOverAllInputs() {
    // 100 inputs from 0.0025 to 0.9925; 5 of them wrong when clean; a push of 0.1 turns those
    // within 0.1 of a half: 40..49 and 50..59.
    AttackRun run =
        run(plan(List.of(new Push("push", EPSILON, EPSILON)), false, 30), LineModel.inputs(100, 5));
    assertThat(run.cleanAccuracy().count()).isEqualTo(95);
    assertThat(run.robustAccuracy().count()).isEqualTo(75);
    assertThat(run.robustAccuracy().of()).isEqualTo(100);
    assertThat(run.attackSuccessRate().count()).isEqualTo(20);
    assertThat(run.attackSuccessRate().of()).isEqualTo(95);
    AttackFigures push = run.attacks().get(0);
    assertThat(push.attacked()).isEqualTo(95);
    assertThat(push.queries()).isEqualTo(95);
    // By their numbers in the split, which begin at 100 here.
    assertThat(push.brokenInputs())
        .containsExactlyElementsOf(LongStream.range(140, 160).boxed().toList());
    assertThat(push.medianChange()).isCloseTo(EPSILON, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(run.examples()).hasSize(AttackRunner.EXAMPLES);
  }

  @Test
  void laterAttacksGetWhatIsStillStandingUnlessTheyAreIndependent() {
    List<Attack> attacks =
        List.of(new Push("small", EPSILON, EPSILON / 2), new Push("large", EPSILON, EPSILON));
    AttackRun cascade = run(plan(attacks, false, 100), LineModel.inputs(100, 0));
    assertThat(cascade.attacks()).extracting(AttackFigures::attacked).containsExactly(100L, 90L);
    assertThat(cascade.attacks()).extracting(AttackFigures::broken).containsExactly(10L, 10L);
    assertThat(cascade.attacks()).extracting(AttackFigures::standing).containsExactly(90L, 80L);
    AttackRun alone = run(plan(attacks, true, 100), LineModel.inputs(100, 0));
    assertThat(alone.attacks()).extracting(AttackFigures::attacked).containsExactly(100L, 100L);
    assertThat(alone.attacks()).extracting(AttackFigures::standing).containsExactly(90L, 80L);
    assertThat(alone.robustAccuracy()).isEqualTo(cascade.robustAccuracy());
  }

  @Test
  void aCandidateBeyondItsBudgetNeverCountsAndIsReported() {
    AttackRun run =
        run(plan(List.of(new Push("liar", EPSILON, 0.4)), false, 100), LineModel.inputs(100, 0));
    assertThat(run.robustAccuracy().count()).isEqualTo(100);
    AttackFigures liar = run.attacks().get(0);
    assertThat(liar.claimed()).isEqualTo(80);
    assertThat(liar.violations()).isEqualTo(100);
    assertThat(liar.worstViolation()).contains("0.40", "0.10", "is allowed");
  }

  @Test
  void aTargetedRunWantsItsTarget() {
    AttackRunner.Plan plan =
        new AttackRunner.Plan(
            List.of(new Push("push", EPSILON, EPSILON)),
            Double.POSITIVE_INFINITY,
            1,
            false,
            100,
            7,
            () -> false);
    AttackRun run = run(plan, LineModel.inputs(100, 0));
    // Inputs of class 1 are there already.
    assertThat(run.attacks().get(0).attacked()).isEqualTo(50);
    assertThat(run.attackSuccessRate().count()).isEqualTo(10);
    assertThat(run.robustAccuracy().count()).isEqualTo(90);
  }

  @Test
  void resultsDoNotDependOnTheBatches() {
    Attack attack = ProjectedGradient.pgd(new PixelBudget(Norm.LINF, EPSILON, false), 3);
    Inputs inputs = LineModel.inputs(60, 3);
    AttackRun whole = run(plan(List.of(attack), false, 60), inputs);
    AttackRun parts = run(plan(List.of(attack), false, 7), inputs);
    assertThat(parts.inputs()).isEqualTo(whole.inputs());
    assertThat(parts.examples())
        .extracting(Example::id)
        .isEqualTo(whole.examples().stream().map(Example::id).toList());
  }

  @Test
  void aRunThatWasKilledIsTakenUpAndEndsAlike() throws IOException {
    Attack attack = new Push("push", EPSILON, EPSILON);
    Inputs inputs = LineModel.inputs(100, 5);
    AttackRun whole = run(plan(List.of(attack), false, 10), inputs);

    AtomicInteger asked = new AtomicInteger();
    AttackRunner.Plan killed =
        new AttackRunner.Plan(
            List.of(attack),
            Double.POSITIVE_INFINITY,
            -1,
            false,
            10,
            7,
            () -> asked.incrementAndGet() > 7);
    AttackRun half = runIn(killed, inputs, 1);
    assertThat(half.whole()).isFalse();
    assertThat(half.inputs()).isNotEmpty();
    Path lines = folder.resolve("run/batches.jsonl");
    Files.writeString(
        lines, "{\"inputs\":[{\"id\":1", StandardOpenOption.APPEND); // torn by the kill

    AttackRun resumed = runIn(plan(List.of(attack), false, 9), inputs, 1);
    assertThat(resumed.whole()).isTrue();
    assertThat(resumed.inputs()).isEqualTo(whole.inputs());
    assertThat(resumed.robustAccuracy()).isEqualTo(whole.robustAccuracy());
    assertThat(resumed.attacks().get(0).queries()).isEqualTo(whole.attacks().get(0).queries());
    assertThat(resumed.examples())
        .extracting(Example::id)
        .isEqualTo(whole.examples().stream().map(Example::id).toList());
  }

  /** Half of the push, then all of it, as one attack. */
  private record Twice(Push first, Push second) implements Attack {
    @Override
    public String name() {
      return "twice";
    }

    @Override
    public ThreatModel threatModel() {
      return second.threatModel();
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of();
    }

    @Override
    public Outcome attack(Victim victim, Inputs inputs, Run run) {
      Outcome half = first.attack(victim, inputs, run);
      Outcome whole = second.attack(victim, inputs, run);
      List<Long> early = fallen(inputs, half);
      List<Long> late = new ArrayList<>(fallen(inputs, whole));
      late.removeAll(early);
      List<Stage> stages =
          List.of(
              new Stage("half", inputs.count(), early, inputs.count(), 0.5),
              new Stage("whole", inputs.count() - early.size(), late, inputs.count(), 0.5));
      return new Outcome(whole.images(), whole.success(), stages);
    }

    private static List<Long> fallen(Inputs inputs, Outcome outcome) {
      return IntStream.range(0, inputs.count())
          .filter(i -> outcome.success()[i])
          .mapToObj(i -> inputs.ids()[i])
          .toList();
    }
  }

  @Test
  void stagesSayWhichInputsTheyBrokeOverAllBatchesAndAfterAResumption() {
    Push half = new Push("half", EPSILON, EPSILON / 2);
    Push whole = new Push("whole", EPSILON, EPSILON);
    AttackRunner.Plan plan = plan(List.of(new Twice(half, whole)), false, 30);
    Inputs inputs = LineModel.inputs(100, 0);

    AttackRun first = runIn(plan, inputs, 1);
    AttackRun readBack = runIn(plan, inputs, 1);

    for (AttackRun run : List.of(first, readBack)) {
      List<AttackFigures> stages = run.attacks().get(0).stages();
      assertThat(stages).extracting(AttackFigures::attacked).containsExactly(100L, 90L);
      assertThat(stages).extracting(AttackFigures::queries).containsExactly(100L, 100L);
      assertThat(stages.get(0).brokenInputs())
          .containsExactlyElementsOf(LongStream.range(145, 155).boxed().toList());
      assertThat(stages.get(1).brokenInputs())
          .containsExactly(140L, 141L, 142L, 143L, 144L, 155L, 156L, 157L, 158L, 159L);
    }
  }

  @Test
  void anotherRunsFolderIsRefused() {
    Inputs inputs = LineModel.inputs(10, 0);
    AttackRunner.Plan plan = plan(List.of(new Push("push", EPSILON, EPSILON)), false, 10);
    runIn(plan, inputs, 1);
    assertThatThrownBy(() -> runIn(plan, inputs, 2))
        .isInstanceOf(ForeignRunException.class)
        .hasMessageContaining("its 'seed' is 1, here it is 2")
        .hasMessageContaining("another folder");
  }

  private AttackRun runIn(AttackRunner.Plan plan, Inputs inputs, long seed) {
    RunFolder kept =
        RunFolder.open(
            folder.resolve("run"), JsonNodeFactory.instance.objectNode().put("seed", seed));
    return new AttackRunner(
            ModelVictim.of(model), model.judge(), plan, kept, AttackRunner.Listener.none())
        .run(inputs);
  }

  @Test
  void drawsComeFromTheSeedTheAttackAndTheInput() {
    Attack attack = ProjectedGradient.pgd(new PixelBudget(Norm.LINF, EPSILON, false), 1);
    Inputs inputs = LineModel.inputs(40, 0);
    AttackRun alone = run(plan(List.of(attack), true, 40), inputs);
    AttackRun second =
        run(plan(List.of(new Push("push", EPSILON, EPSILON), attack), true, 40), inputs);
    for (int i = 0; i < 40; i++) {
      assertThat(second.inputs().get(i).trials().get(1))
          .isEqualTo(alone.inputs().get(i).trials().get(0));
    }
    assertThat(RandomStream.derive(7, "pgd".hashCode()))
        .isNotEqualTo(RandomStream.derive(7, "push".hashCode()));
  }
}
