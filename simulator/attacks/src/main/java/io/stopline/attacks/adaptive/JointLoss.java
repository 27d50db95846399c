package io.stopline.attacks.adaptive;

import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.adaptive.GuardPasses.Term;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What an attacker makes of one inspection of one image: which wrong label to go for, how much is
 * missing for the ensemble to say it and for the checks to let it pass, and the derivatives. The
 * checks are the core's own definitions, differentiated. Belongs to one thread.
 *
 * <p>The loss, which is to be maximised, is
 *
 * <pre>−(mean cross-entropy of all passes to the target) − 12 · max(0, score − goal)</pre>
 *
 * where passes count by what they decide (plain ones, which name the label and agree or not, half)
 * and the score's derivative joins in once the ensemble says the target. Before, the checks would
 * hold the label where it is.
 */
final class JointLoss {

  /** What an excess of the score is worth in nats; weights of checks are about a twelfth. */
  private static final double SCORE = 12;

  /** An attacker who does not know the threshold wants a score this low. */
  private static final double WANTED_SCORE = 0.03;

  private static final double TINY = 1e-12;

  private final GuardPasses plan;
  private final GuardKnowledge knowledge;
  private final int members;
  private final int classes;
  private final double threshold;
  private final double slack;
  private final double minimumProbability;
  private final double[] passWeight;

  // Of the image at hand.
  private final double[][] p;
  private final double[][] slope;
  private final double[] ensemble;
  private int target;
  private int label;
  private double crossEntropy;
  private double excess;
  private double loss;
  private boolean pushesLooks;

  /**
   * @param threshold the largest score that is accepted
   * @param slack how far below it the attacker wants to be
   */
  JointLoss(
      GuardPasses plan,
      GuardKnowledge knowledge,
      int members,
      int classes,
      double threshold,
      double slack,
      double minimumProbability) {
    this.plan = plan;
    this.knowledge = knowledge;
    this.members = members;
    this.classes = classes;
    this.threshold = threshold;
    this.slack = slack;
    this.minimumProbability = minimumProbability;
    int passes = plan.passes().size();
    p = new double[passes][classes];
    slope = new double[passes][classes];
    ensemble = new double[classes];
    passWeight = new double[passes];
    int plain = knowledge == GuardKnowledge.ONE_MODEL ? 1 : members;
    for (int m = 0; m < plain; m++) {
      passWeight[m] = 0.5 / plain;
    }
    if (knowsPolicy()) {
      for (Term term : plan.terms()) {
        for (int need : term.needs()) {
          passWeight[need] += 0.5 * Math.max(term.weight(), 0.1) / term.needs().length;
        }
      }
    }
  }

  boolean knowsPolicy() {
    return knowledge.compareTo(GuardKnowledge.POLICY) >= 0;
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

  /** Means of the plain passes and the label. */
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
  }

  /** What the ensemble says of the passes that were put. */
  int label() {
    return label;
  }

  /**
   * Whether the guard accepts what the ensemble says, in these draws.
   *
   * @param reserve how far below the threshold the score has to be
   */
  boolean accepts(@Nullable SignLooks[] looks, double reserve) {
    combine();
    return ensemble[label] >= minimumProbability && score(looks, label) <= threshold - reserve;
  }

  /** The fused score, were this the label. */
  double score(@Nullable SignLooks[] looks, int of) {
    double score = 0;
    for (int t = 0; t < looks.length; t++) {
      Term term = plan.terms().get(t);
      score += term.weight() * nonconformity(term, looks[t], of);
    }
    return score;
  }

  private double nonconformity(Term term, @Nullable SignLooks looks, int of) {
    CheckSetting setting = term.setting();
    if (setting instanceof CheckSetting.Agreement) {
      double divergence = 0;
      for (int m = 0; m < members; m++) {
        for (int c = 0; c < classes; c++) {
          if (p[m][c] > 0) {
            divergence += p[m][c] * Math.log(p[m][c] / ensemble[c]);
          }
        }
      }
      return Math.max(0, Math.min(1, divergence / members / Math.log(members)));
    }
    if (setting instanceof CheckSetting.Consistency) {
      double kept = 0;
      for (int pass : term.needs()) {
        kept += p[pass][of];
      }
      return Math.max(0, Math.min(1, 1 - kept / term.needs().length));
    }
    if (setting instanceof CheckSetting.Squeezing) {
      int worst = worst(term);
      return Math.min(1, distance(worst));
    }
    return looks == null ? 0 : looks.nonconformity(of);
  }

  private int worst(Term term) {
    int worst = term.needs()[0];
    for (int pass : term.needs()) {
      worst = distance(pass) > distance(worst) ? pass : worst;
    }
    return worst;
  }

  /** Total variation between a pass and its member's plain one. */
  private double distance(int pass) {
    double[] plain = p[plan.passes().get(pass).member()];
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.abs(plain[c] - p[pass][c]);
    }
    return sum / 2;
  }

  /**
   * Weighs what was put, for a label that the attacker does not want.
   *
   * @param wanted the target, or −1 for whichever wrong label comes nearest
   */
  void weigh(@Nullable SignLooks[] looks, int right, int wanted) {
    combine();
    target = wanted >= 0 ? wanted : nearest(looks, right);
    crossEntropy = 0;
    for (int i = 0; i < p.length; i++) {
      if (passWeight[i] > 0) {
        crossEntropy -= passWeight[i] * Math.log(p[i][target] + TINY);
      }
    }
    excess = knowsPolicy() ? Math.max(0, score(looks, target) - goal()) : 0;
    pushesLooks = excess > 0;
    loss = -crossEntropy - SCORE * excess;
  }

  private int nearest(@Nullable SignLooks[] looks, int right) {
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
      sum -= doubt(looks, c);
      if (sum > most) {
        most = sum;
        best = c;
      }
    }
    return best;
  }

  /** What checks of pixels hold against a label, as far as the attacker knows, in nats. */
  double doubt(@Nullable SignLooks[] looks, int of) {
    double sum = 0;
    for (int t = 0; t < looks.length && knowsPolicy(); t++) {
      SignLooks look = looks[t];
      if (look != null) {
        double doubt = plan.terms().get(t).weight() * look.nonconformity(of);
        sum += 2 * SCORE * Math.max(0, doubt - goal());
      }
    }
    return sum;
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
    return Math.max(0.05, Math.min(1, crossEntropy / 0.2));
  }

  /**
   * The derivative of the loss by the scores of each pass, checks of pixels apart.
   *
   * @param pass which
   * @param cotangent receives it from index {@code offset} on
   */
  void cotangent(int pass, float[] cotangent, int offset) {
    double[] q = p[pass];
    double[] g = slope[pass];
    double mean = 0;
    for (int c = 0; c < classes; c++) {
      mean += g[c] * q[c];
    }
    for (int c = 0; c < classes; c++) {
      double pull = passWeight[pass] * ((c == target ? 1 : 0) - q[c]);
      cotangent[offset + c] = (float) (pull - SCORE * q[c] * (g[c] - mean));
    }
  }

  /** Computes the score's derivative by each probability; to be called before cotangents. */
  void differentiate() {
    for (double[] s : slope) {
      Arrays.fill(s, 0);
    }
    if (excess <= 0 || label != target) {
      return;
    }
    for (Term term : plan.terms()) {
      CheckSetting setting = term.setting();
      if (setting instanceof CheckSetting.Agreement) {
        for (int m = 0; m < members; m++) {
          for (int c = 0; c < classes; c++) {
            slope[m][c] +=
                term.weight()
                    * Math.log((p[m][c] + TINY) / (ensemble[c] + TINY))
                    / (members * Math.log(members));
          }
        }
      } else if (setting instanceof CheckSetting.Consistency) {
        for (int pass : term.needs()) {
          slope[pass][target] -= term.weight() / term.needs().length;
        }
      } else if (setting instanceof CheckSetting.Squeezing) {
        int pass = worst(term);
        int member = plan.passes().get(pass).member();
        for (int c = 0; c < classes; c++) {
          double side = 0.5 * term.weight() * Math.signum(p[pass][c] - p[member][c]);
          slope[pass][c] += side;
          slope[member][c] -= side;
        }
      }
    }
  }

  /** Whether an attacker who cannot see the decision has come as far as he can tell. */
  boolean seemsDone(@Nullable SignLooks[] looks) {
    int plain = knowledge == GuardKnowledge.ONE_MODEL ? 1 : members;
    for (int m = 0; m < plain; m++) {
      if (p[m][target] < 0.99) {
        return false;
      }
    }
    return !knowsPolicy() || score(looks, target) <= WANTED_SCORE;
  }
}
