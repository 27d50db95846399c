package io.stopline.sdk.check;

import java.util.List;

/**
 * How far squeezing the input (fewer bits, smoothing) moves a prediction: the largest total
 * variation distance, half the L1 distance of Xu, Evans and Qi 2018, section V, over squeezers and
 * models.
 */
public final class FeatureSqueezing implements Check {

  /** The name in policies and verdicts. */
  public static final String NAME = "feature-squeezing";

  private final List<String> views;
  private final List<Integer> members;
  private int[] passes = {};

  /**
   * @param views names of the squeezed views, at least one
   * @param members which models look at them, at least one
   */
  public FeatureSqueezing(List<String> views, List<Integer> members) {
    if (views.isEmpty() || members.isEmpty()) {
      throw new IllegalArgumentException(
          "check '%s' needs at least one view and one model, got views %s and models %s"
              .formatted(NAME, views, members));
    }
    this.views = List.copyOf(views);
    this.members = List.copyOf(members);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void plan(PassPlan plan) {
    passes = new int[views.size() * members.size()];
    int i = 0;
    for (String view : views) {
      for (int member : members) {
        passes[i++] = plan.request(member, view, 0);
      }
    }
  }

  @Override
  public double nonconformity(Observation o) {
    double worst = 0;
    for (int i = 0; i < passes.length; i++) {
      worst = Math.max(worst, distance(o, i));
    }
    return Math.min(1, worst);
  }

  private double distance(Observation o, int i) {
    return Probabilities.totalVariation(
        o.plain(members.get(i % members.size())), o.pass(passes[i]));
  }

  @Override
  public String reason(Observation o, double nonconformity) {
    int worst = 0;
    for (int i = 1; i < passes.length; i++) {
      if (distance(o, i) > distance(o, worst)) {
        worst = i;
      }
    }
    return "view '%s' moved the prediction by %.2f, from '%s' to '%s'"
        .formatted(
            views.get(worst / members.size()),
            distance(o, worst),
            o.labelName(Probabilities.argmax(o.plain(members.get(worst % members.size())))),
            o.labelName(Probabilities.argmax(o.pass(passes[worst]))));
  }
}
