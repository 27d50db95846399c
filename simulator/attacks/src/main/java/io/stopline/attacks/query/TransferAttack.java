package io.stopline.attacks.query;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.ForwardingVictim;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.MarginLoss;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.attacks.plugin.Attacks;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Transfer: attacks other models that the attacker has, and shows what comes out to the victim
 * (Papernot et al. 2016, "Transferability in machine learning"). Each surrogate is attacked on what
 * the ones before left standing; the victim is asked once a surrogate. The attack on a surrogate
 * goes on to its end: what only just fools one model rarely fools another. Immutable and
 * thread-safe if the inner attack is.
 */
public final class TransferAttack implements Attack {

  private static final String DEFAULT_INNER = "mi-fgsm";

  private final Attack inner;

  /**
   * @param inner what is run on the surrogates; one that climbs an objective, such as mi-fgsm, pgd
   *     or apgd-ce
   */
  public TransferAttack(Attack inner) {
    this.inner = inner;
  }

  @Override
  public String name() {
    return "transfer";
  }

  @Override
  public ThreatModel threatModel() {
    ThreatModel model = inner.threatModel();
    return new ThreatModel(
        model.goal(),
        ThreatModel.Knowledge.TRANSFER,
        model.guard(),
        model.capability(),
        model.budget());
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("attack", inner.name());
    settings.putAll(inner.settings());
    return settings;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnsupportedOperationException if the victim has no surrogates
   */
  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    List<DifferentiableModel> surrogates = victim.surrogates();
    if (surrogates.isEmpty()) {
      throw new UnsupportedOperationException(
          "attack 'transfer' needs another model to learn on, and there is none; name one or more"
              + " as surrogates");
    }
    int size = inputs.shape().size();
    float[] best = inputs.images().clone();
    float[] loss = new float[inputs.count()];
    boolean[] success = new boolean[inputs.count()];
    Arrays.fill(loss, Float.NEGATIVE_INFINITY);
    Objective judge = victim.objective(inputs, new MarginLoss(), targets(inputs.count()));
    int[] standing = new int[inputs.count()];
    for (int i = 0; i < standing.length; i++) {
      standing[i] = i;
    }
    for (int s = 0; s < surrogates.size() && standing.length > 0; s++) {
      if (run.cancelled().getAsBoolean()) {
        break;
      }
      int done = s;
      Run part =
          new Run(
              run.seed(),
              share -> run.progress().accept((done + share) / surrogates.size()),
              run.cancelled());
      Victim blindfolded = new Blindfolded(ModelVictim.of(surrogates.get(s)));
      float[] images = inner.attack(blindfolded, inputs.rows(standing), part).images();
      Objective.Answers answers = Objective.Answers.room(standing.length, inputs.shape(), false);
      judge.evaluate(standing, images, answers);
      int left = 0;
      for (int slot = 0; slot < standing.length; slot++) {
        int row = standing[slot];
        success[row] = answers.success()[slot];
        if (success[row] || answers.loss()[slot] > loss[row]) {
          System.arraycopy(images, slot * size, best, row * size, size);
          loss[row] = answers.loss()[slot];
        }
        if (!success[row]) {
          standing[left++] = row;
        }
      }
      standing = Arrays.copyOf(standing, left);
    }
    return new Outcome(best, success);
  }

  /** The inner attack's own target, so that the victim judges what the surrogate was led to. */
  private int @Nullable [] targets(int count) {
    if (inner.settings().get("targeted") instanceof Integer target) {
      int[] targets = new int[count];
      Arrays.fill(targets, target);
      return targets;
    }
    return null;
  }

  /** A surrogate that never says that it has fallen, so that an attack pushes on. */
  private static final class Blindfolded extends ForwardingVictim {

    Blindfolded(Victim victim) {
      super(victim);
    }

    @Override
    public List<DifferentiableModel> surrogates() {
      return List.of();
    }

    @Override
    public Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
      Objective open = victim().objective(inputs, loss, targets);
      return new Objective() {
        @Override
        public ImageShape shape() {
          return open.shape();
        }

        @Override
        public void evaluate(int[] rows, float[] images, Answers into) {
          open.evaluate(rows, images, into);
          Arrays.fill(into.success(), 0, rows.length, false);
        }
      };
    }
  }

  /** Makes it: attack (default mi-fgsm), and any option of that attack. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "transfer";
    }

    @Override
    public String summary() {
      return "attacks other models (default: by mi-fgsm) and shows the result (Papernot et al. 2016)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Map<String, String> rest = new HashMap<>(given);
      String inner = rest.remove("attack");
      if (name().equals(inner)) {
        throw new IllegalArgumentException(
            "attack 'transfer': option attack is 'transfer'; name the attack that is run on the"
                + " surrogates, for example mi-fgsm, pgd or apgd-ce");
      }
      return new TransferAttack(
          Attacks.installed().byName(inner == null ? DEFAULT_INNER : inner, rest));
    }
  }
}
