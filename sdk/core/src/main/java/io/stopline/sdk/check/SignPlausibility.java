package io.stopline.sdk.check;

/**
 * Whether what is seen can be what the models call it: how far shape and colour speak for another
 * group of signs than the label's. Looks at the pixels only, with a model that has nothing in
 * common with the guarded ones, so that an alteration which makes those agree on a wrong label does
 * not move this. It cannot tell signs of one group apart, such as two speed limits.
 */
public final class SignPlausibility implements Check {

  /** The name in policies and verdicts. */
  public static final String NAME = "sign-plausibility";

  private final AppearanceTable table;
  private final CellFeatures cells;
  private final float[] features;
  private final int[] words;
  private final int[] scores;

  /**
   * @param table what signs look like; shared between checks
   */
  public SignPlausibility(AppearanceTable table) {
    this.table = table;
    cells = new CellFeatures(table.side());
    features = new float[CellFeatures.FEATURES * table.side() * table.side()];
    words = new int[table.ferns()];
    scores = new int[table.groups().size()];
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void plan(PassPlan plan) {
    // Looks at pixels only; the label comes with the plain views.
  }

  @Override
  public double nonconformity(Observation o) {
    score(o);
    return table.nonconformity(table.lead(scores, o.label()));
  }

  private void score(Observation o) {
    if (o.classes() != table.classes()) {
      throw new IllegalStateException(
          "the appearance table knows %d classes, the models %d"
              .formatted(table.classes(), o.classes()));
    }
    cells.measure(o.crop(), features);
    table.read(features, words);
    table.score(words, scores);
  }

  @Override
  public String reason(Observation o, double nonconformity) {
    score(o);
    int best = 0;
    for (int g = 1; g < scores.length; g++) {
      best = scores[g] > scores[best] ? g : best;
    }
    String label = o.labelName(o.label());
    return best == table.groupOf(o.label())
        ? "hardly looks like '%s' (%.2f)".formatted(label, nonconformity)
        : "looks like a %s, not like '%s' (%.2f)"
            .formatted(table.groups().get(best), label, nonconformity);
  }
}
