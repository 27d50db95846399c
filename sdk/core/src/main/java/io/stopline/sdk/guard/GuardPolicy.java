package io.stopline.sdk.guard;

import io.stopline.sdk.transform.TransformChain;
import java.time.Duration;
import java.util.List;

/**
 * How a guard judges.
 *
 * @param name for people
 * @param sha256 of the file it came from
 * @param members names of the models, in order; at least one
 * @param views the transform chains that checks refer to by name
 * @param checks with their weights, in order; at least one
 * @param falseAlarmRate promised share of clean tracks that are suspected, in (0, 1)
 * @param deadline for one inspection, above 0
 * @param minimumSide regions with a smaller width or height are not judged, px
 */
public record GuardPolicy(
    String name,
    String sha256,
    List<String> members,
    List<TransformChain> views,
    List<CheckSetting> checks,
    double falseAlarmRate,
    Duration deadline,
    int minimumSide) {

  /** A check and its weight in the fused score; weights are normalised to sum to 1. */
  public sealed interface CheckSetting {
    double weight();

    /** 1 − the mean probability that randomised views still give the label. */
    record TransformConsistency(String view, int draws, List<Integer> members, double weight)
        implements CheckSetting {
      public TransformConsistency {
        members = List.copyOf(members);
      }
    }

    /** How far the members' plain views disagree. */
    record EnsembleAgreement(double weight) implements CheckSetting {}

    /** How far squeezed views move the prediction (Xu, Evans and Qi 2018). */
    record FeatureSqueezing(List<String> views, List<Integer> members, double weight)
        implements CheckSetting {
      public FeatureSqueezing {
        views = List.copyOf(views);
        members = List.copyOf(members);
      }
    }
  }

  public GuardPolicy {
    members = List.copyOf(members);
    views = List.copyOf(views);
    checks = List.copyOf(checks);
  }
}
