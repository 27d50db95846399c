package io.stopline.attacks.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.MarginLoss;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A third party's attack: what it takes to write one, and how it is found. */
final class SpiExampleTest {

  /** Makes everything brighter by ε. Its class name goes into META-INF/services. */
  public static final class BrighterProvider implements AttackProvider {
    @Override
    public String name() {
      return "brighter";
    }

    @Override
    public String summary() {
      return "adds eps to every value (example)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      PixelBudget budget = options.budget(Norm.LINF, Norm.LINF);
      options.end();
      return new Brighter(budget);
    }
  }

  private record Brighter(PixelBudget budget) implements Attack {
    @Override
    public String name() {
      return "brighter";
    }

    @Override
    public ThreatModel threatModel() {
      return new ThreatModel(
          ThreatModel.Goal.UNTARGETED,
          ThreatModel.Knowledge.LABEL_QUERIES,
          ThreatModel.GuardKnowledge.NONE,
          ThreatModel.Capability.DIGITAL,
          budget.declared(1, 1));
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("eps", budget.epsilon());
    }

    @Override
    public Outcome attack(Victim victim, Inputs inputs, Run run) {
      float[] images = inputs.images().clone();
      int[] rows = new int[inputs.count()];
      int size = inputs.shape().size();
      for (int row = 0; row < rows.length; row++) {
        rows[row] = row;
        for (int k = row * size; k < (row + 1) * size; k++) {
          images[k] += (float) budget.epsilon();
        }
        budget.project(inputs.images(), row * size, images, row * size, inputs.shape());
        budget.round(inputs.images(), row * size, images, row * size, inputs.shape());
      }
      Objective.Answers answers = Objective.Answers.room(rows.length, inputs.shape(), false);
      victim.objective(inputs, new MarginLoss(), null).evaluate(rows, images, answers);
      return new Outcome(images, answers.success());
    }
  }

  @Test
  void aProviderIsFoundByItsName() {
    List<AttackProvider> all = new ArrayList<>(Attacks.installed().all());
    all.add(new BrighterProvider());
    Attack attack = Attacks.of(all).byName("brighter", Map.of("eps", "4/255"));
    assertThat(attack.settings()).containsEntry("eps", 4.0 / 255);
    assertThat(attack.threatModel().describe()).contains("label queries");
    all.add(new BrighterProvider());
    assertThatThrownBy(() -> Attacks.of(all))
        .hasMessageContaining("two attacks are called 'brighter'");
  }

  @Test
  void anUnknownNameIsAnsweredWithTheNamesThatThereAre() {
    assertThatThrownBy(() -> Attacks.installed().byName("pdg", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'pdg'")
        .hasMessageContaining("external, ")
        .hasMessageContaining("square");
    assertThat(Attacks.installed().all())
        .extracting(AttackProvider::name)
        .contains("external", "hopskipjump", "nes", "noise", "spsa", "square", "transfer")
        .isSorted();
  }
}
