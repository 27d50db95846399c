package io.stopline.campaign.certify;

import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.TrackRule;
import io.stopline.sdk.certificate.Groups;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is to be certified.
 *
 * @param groups of the model's outputs by level
 * @param attack how many certified inputs of each result are attacked
 * @param threads interpreters side by side where a proof takes many inferences, at least 1
 * @param seed of all random draws
 */
public record CertifyPlan(
    Kind kind, Map<Level, Groups> groups, int attack, int threads, long seed) {

  /** Kinds of certificate. */
  public sealed interface Kind permits Patches, Noise, Boxes {}

  /**
   * A square patch anywhere in the crop.
   *
   * @param windows whether one inference is enough, by local scores; else masks are tried
   * @param sides of the patch, px, in order
   * @param masks along each side of the picture
   * @param recovery whether recovery is asked for, not detection alone
   * @param statistics how whole tracks are judged; empty if the inputs are no whole tracks
   * @param falseAlarmRate wanted false alarms a track
   */
  public record Patches(
      boolean windows,
      List<Integer> sides,
      int masks,
      boolean recovery,
      List<TrackRule> statistics,
      double falseAlarmRate)
      implements Kind {
    public Patches {
      sides = List.copyOf(sides);
      statistics = List.copyOf(statistics);
    }
  }

  /**
   * Any change of bounded length in L2, of the model under Gaussian noise.
   *
   * @param sigmas standard deviations of the noise, over pixels 0..1
   * @param first noisy copies that choose the class
   * @param samples noisy copies that certify it
   * @param alpha chance that a certificate does not hold
   */
  public record Noise(List<Double> sigmas, int first, int samples, double alpha) implements Kind {
    public Noise {
      sigmas = List.copyOf(sigmas);
    }
  }

  /**
   * Any change of bounded size in L∞, of small float models.
   *
   * @param epsilons budgets, over pixels 0..1
   */
  public record Boxes(List<Double> epsilons) implements Kind {
    public Boxes {
      epsilons = List.copyOf(epsilons);
    }
  }

  public CertifyPlan {
    groups = new TreeMap<>(groups);
  }
}
