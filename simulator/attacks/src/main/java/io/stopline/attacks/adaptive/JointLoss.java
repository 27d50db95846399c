package io.stopline.attacks.adaptive;

import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.adaptive.GuardPasses.Term;
import io.stopline.sdk.guard.LabelMix;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an attacker makes of one inspection of one image: which wrong label to go for, how much is
 * missing for the ensemble to say it and for the checks to let it pass, and the derivatives. The
 * checks are the core's own definitions, differentiated ({@link CheckForm}). Belongs to one thread.
 *
 * <p>The loss, which is to be maximised, is
 *
 * <pre>
 * −(mean cross-entropy of all passes to the target) − 12 · max(0, score − goal)
 *     − sum over checks that refuse by themselves of max(0, their excess over what passes)
 * </pre>
 *
 * where passes count by what they decide (plain ones, which name the label and agree or not, half;
 * of it half again for the mix of two members, where that names the label) and the score's
 * derivative joins in once the ensemble says the target. Before, the checks would hold the label
 * where it is. A check that refuses (certified-windows) is asked about the target from the start,
 * in its own unit, logits, which are nats.
 */
final class JointLoss implements CheckForm.Said {

  /** What an excess of the score is worth in nats; weights of checks are about a twelfth. */
  private static final double SCORE = 12;

  /** What a logit above what a check lets pass is worth in nats. */
  private static final double REFUSED = 1;

  /** How far below it the attacker wants to be, logits: float forms and 8-bit files differ. */
  private static final double REFUSAL_SLACK = 0.1;

  /** An attacker who does not know the threshold wants a score this low. */
  private static final double WANTED_SCORE = 0.03;

  /** Weight of the label's own cross-entropy where two members are mixed. */
  private static final double MIXED = 0.25;

  private static final double TINY = 1e-12;

  /** What a derivative is of. */
  enum Wish {
    /** The whole loss. */
    BOTH,

    /** What the models say. */
    LABEL,

    /** What the checks let pass, whatever the models say. */
    PASSING
  }

  private final GuardPasses plan;
  private final List<CheckForm> forms;
  private final GuardKnowledge knowledge;
  private final int members;
  private final int classes;
  private final double threshold;
  private final double slack;
  private final double minimumProbability;
  private final @Nullable MixedLabel mix;
  private final double[] passWeight;

  // Of the image at hand.
  private final double[][] p;
  private final double[][] slope;
  private final double[] ensemble;
  private int target;
  private int label;
  private double crossEntropy;
  private double excess;
  private double refused;
  private double loss;
  private boolean pushesLooks;

  /**
   * @param forms of the plan's terms, in their order
   * @param members how many models name the label
   * @param threshold the largest score that is accepted
   * @param slack how far below it the attacker wants to be
   * @param mix how two members name the label; null: by the mean
   */
  JointLoss(
      GuardPasses plan,
      List<CheckForm> forms,
      GuardKnowledge knowledge,
      int members,
      int classes,
      double threshold,
      double slack,
      double minimumProbability,
      @Nullable LabelMix mix) {
    this.plan = plan;
    this.forms = forms;
    this.knowledge = knowledge;
    this.members = members;
    this.classes = classes;
    this.threshold = threshold;
    this.slack = slack;
    this.minimumProbability = minimumProbability;
    this.mix = mix == null ? null : new MixedLabel(mix, classes);
    int passes = plan.passes().size();
    p = new double[passes][classes];
    slope = new double[passes][classes];
    ensemble = new double[classes];
    passWeight = new double[passes];
    int plain = knowledge == GuardKnowledge.ONE_MODEL ? 1 : members;
    for (int m = 0; m < plain; m++) {
      passWeight[m] = knowsMix() ? 0.25 / plain : 0.5 / plain;
    }
    if (knowsPolicy()) {
      for (Term term : plan.terms()) {
        for (int need : term.needs()) {
          passWeight[need] += 0.5 * Math.max(term.weight(), 0.1) / term.needs().size();
        }
      }
    }
  }

  boolean knowsPolicy() {
    return knowledge.compareTo(GuardKnowledge.POLICY) >= 0;
  }

  /** Whether the attacker climbs what two members say together. */
  private boolean knowsMix() {
    return mix != null && knowsPolicy();
  }

  private double goal() {
    return knowledge == GuardKnowledge.CALIBRATION ? threshold - slack : WANTED_SCORE;
  }

  /** Takes the scores of one pass. */
  void put(int pass, float[] logits, int offset) {
    double[] q = p[pass];
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      max = Math.max(max, logits[offset + c]);
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      q[c] = Math.exp(logits[offset + c] - max);
      sum += q[c];
    }
    for (int c = 0; c < classes; c++) {
      q[c] /= sum;
    }
  }

  /** Means of the plain passes, and the label. */
  private void combine() {
    Arrays.fill(ensemble, 0);
    for (int m = 0; m < members; m++) {
      for (int c = 0; c < classes; c++) {
        ensemble[c] += p[m][c] / members;
      }
    }
    label = 0;
    for (int c = 1; c < classes; c++) {
      label = ensemble[c] > ensemble[label] ? c : label;
    }
    if (mix != null) {
      label = mix.look(p);
    }
  }

  /** What those who name the label give it. */
  private double probability(int of) {
    return mix == null ? ensemble[of] : mix.probability(of);
  }

  /** What the ensemble says of the passes that were put. */
  int label() {
    return label;
  }

  @Override
  public int members() {
    return members;
  }

  @Override
  public double[] pass(int pass) {
    return p[pass];
  }

  @Override
  public int plainOf(int pass) {
    return plan.passes().get(pass).member();
  }

  @Override
  public double[] ensemble() {
    return ensemble;
  }

  /**
   * Whether the guard accepts what the ensemble says, in these draws.
   *
   * @param reserve whether by some reserve, so that it does in others too
   */
  boolean accepts(boolean reserve) {
    combine();
    return probability(label) >= minimumProbability
        && score(label) <= threshold - (reserve ? slack / 2 : 0)
        && refused(label, reserve ? REFUSAL_SLACK / 2 : 0) <= 0;
  }

  /** The fused score, were this the label. */
  double score(int of) {
    double score = 0;
    for (int t = 0; t < forms.size(); t++) {
      score += plan.terms().get(t).weight() * forms.get(t).nonconformity(this, of);
    }
    return score;
  }

  /** How far a label is above what checks let pass by themselves, less a slack, logits. */
  private double refused(int of, double less) {
    double sum = 0;
    for (CheckForm form : forms) {
      sum += Math.max(0, form.refusal(of) + less);
    }
    return sum;
  }

  /**
   * Weighs what was put, for a label that the attacker does not want.
   *
   * @param wanted the target, or −1 for whichever wrong label comes nearest
   */
  void weigh(int right, int wanted) {
    combine();
    target = wanted >= 0 ? wanted : nearest(right);
    crossEntropy = 0;
    for (int i = 0; i < p.length; i++) {
      if (passWeight[i] > 0) {
        crossEntropy -= passWeight[i] * Math.log(p[i][target] + TINY);
      }
    }
    if (knowsMix()) {
      crossEntropy -= MIXED * Math.log(probability(target) + TINY);
    }
    excess = knowsPolicy() ? Math.max(0, score(target) - goal()) : 0;
    refused = knowsPolicy() ? refused(target, REFUSAL_SLACK) : 0;
    pushesLooks = excess > 0;
    loss = -crossEntropy - SCORE * excess - REFUSED * refused;
  }

  private int nearest(int right) {
    int plain = knowledge == GuardKnowledge.ONE_MODEL ? 1 : members;
    int best = -1;
    double most = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      if (c == right) {
        continue;
      }
      double sum = 0;
      for (int m = 0; m < plain; m++) {
        sum += Math.log(p[m][c] + TINY) / plain;
      }
      sum += knowsMix() ? Math.log(probability(c) + TINY) : 0;
      sum -= doubt(c);
      if (sum > most) {
        most = sum;
        best = c;
      }
    }
    return best;
  }

  /**
   * What checks that need no model's answer hold against a label, as far as the attacker knows, in
   * nats.
   */
  double doubt(int of) {
    if (!knowsPolicy()) {
      return 0;
    }
    double sum = REFUSED * refused(of, REFUSAL_SLACK);
    for (int t = 0; t < forms.size(); t++) {
      if (forms.get(t).looksItself()) {
        double doubt = plan.terms().get(t).weight() * forms.get(t).nonconformity(this, of);
        sum += 2 * SCORE * Math.max(0, doubt - goal());
      }
    }
    return sum;
  }

  /** Whether the score's derivative takes part. */
  private boolean scoreJoins(Wish wish) {
    return excess > 0 && (wish == Wish.PASSING || (wish == Wish.BOTH && label == target));
  }

  /** The label that is gone for. */
  int target() {
    return target;
  }

  double loss() {
    return loss;
  }

  /** Whether the score is too high still, so that checks of pixels have to be pleased as well. */
  boolean pushesLooks() {
    return pushesLooks;
  }

  /** 1 while the models have to be moved, falling to a twentieth once they say the target. */
  double modelsLag() {
    return Math.max(0.05, Math.min(1, (crossEntropy + REFUSED * refused) / 0.2));
  }

  /**
   * The derivative of the loss by the scores of each pass, checks of pixels apart.
   *
   * @param pass which
   * @param wish the one that {@link #differentiate} was called with
   * @param cotangent receives it from index {@code offset} on
   */
  void cotangent(int pass, Wish wish, float[] cotangent, int offset) {
    double weight = wish == Wish.PASSING ? 0 : passWeight[pass];
    double[] q = p[pass];
    double[] g = slope[pass];
    double mean = 0;
    for (int c = 0; c < classes; c++) {
      mean += g[c] * q[c];
    }
    for (int c = 0; c < classes; c++) {
      double pull = weight * ((c == target ? 1 : 0) - q[c]);
      cotangent[offset + c] = (float) (pull - SCORE * q[c] * (g[c] - mean));
    }
    if (mix != null && knowsMix() && wish != Wish.PASSING) {
      mix.pull(pass, target, MIXED, cotangent, offset);
    }
  }

  /** Computes the score's derivative by each probability; to be called before cotangents. */
  void differentiate(Wish wish) {
    for (double[] s : slope) {
      Arrays.fill(s, 0);
    }
    if (!scoreJoins(wish)) {
      return;
    }
    for (int t = 0; t < forms.size(); t++) {
      forms.get(t).slope(this, target, plan.terms().get(t).weight(), slope);
    }
  }

  /**
   * Adds the derivative of the loss by the map of local scores that a check has looked at.
   *
   * @param term number of the check
   * @param cotangents receives it from index {@code to} on
   */
  void mapCotangent(int term, Wish wish, float[] cotangents, int to) {
    CheckForm form = forms.get(term);
    boolean above = wish != Wish.LABEL && refused > 0 && form.refusal(target) + REFUSAL_SLACK > 0;
    boolean joins = scoreJoins(wish);
    form.mapBackward(
        target,
        above ? -REFUSED : 0,
        joins ? -SCORE * plan.terms().get(term).weight() : 0,
        cotangents,
        to);
  }

  /** Whether an attacker who cannot see the decision has come as far as he can tell. */
  boolean seemsDone() {
    int plain = knowledge == GuardKnowledge.ONE_MODEL ? 1 : members;
    for (int m = 0; m < plain; m++) {
      if (p[m][target] < 0.99) {
        return false;
      }
    }
    return !knowsPolicy() || (score(target) <= WANTED_SCORE && refused(target, 0) <= 0);
  }
}
