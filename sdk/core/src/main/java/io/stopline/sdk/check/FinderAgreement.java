package io.stopline.sdk.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether the models see what the finder reports: 1 − the probability that they together give the
 * labels that its label may mean. Two views of one thing, from afar and from near, by models that
 * need not have anything in common: what makes one of them err leaves a contradiction.
 */
public final class FinderAgreement implements Check {

  /** The name in policies and verdicts. */
  public static final String NAME = "finder-agreement";

  private final int[][] meanings;

  /**
   * @param meanings for each label of the finder, in its order, the models' labels that it may
   *     mean; none: nothing is compared where the finder says so
   */
  public FinderAgreement(List<List<Integer>> meanings) {
    this.meanings =
        meanings.stream()
            .map(labels -> labels.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void plan(PassPlan plan) {
    // The finder has looked already, and plain views come unasked.
  }

  @Override
  public double nonconformity(Observation o) {
    Sighting seen = o.sighting();
    if (!seen.isLabelled()) {
      return 0;
    }
    int[] may = meanings(seen);
    if (may.length == 0) {
      return 0;
    }
    float[] mean = o.ensemble();
    double agreed = 0;
    for (int label : may) {
      agreed += mean[label];
    }
    return Math.min(1, Math.max(0, 1 - agreed));
  }

  private int[] meanings(Sighting seen) {
    if (seen.label() >= meanings.length) {
      throw new IllegalStateException(
          "the finder reports label %d, '%s', but the check knows %d"
              .formatted(seen.label(), seen.labelName(), meanings.length));
    }
    return meanings[seen.label()];
  }

  @Override
  public String reason(Observation o, double nonconformity) {
    Sighting seen = o.sighting();
    List<String> names = new ArrayList<>();
    for (int label : meanings(seen)) {
      names.add("'" + o.labelName(label) + "'");
    }
    String meant =
        names.equals(List.of("'" + seen.labelName() + "'"))
            ? ""
            : " (%s)"
                .formatted(names.size() > 3 ? names.size() + " labels" : String.join(", ", names));
    return "the finder reports '%s'%s, the models '%s' with %.2f; they give what it reports %.2f"
        .formatted(
            seen.labelName(),
            meant,
            o.labelName(o.label()),
            o.ensemble()[o.label()],
            1 - nonconformity);
  }
}
