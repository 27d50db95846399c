package io.stopline.sdk.check;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether what is seen can be what the models call it: how far shape and colour speak for another
 * group of signs than the label's. Looks at the pixels only, with a model that has nothing in
 * common with the guarded ones, so that an alteration which makes those agree on a wrong label does
 * not move this. It cannot tell signs of one group apart, such as two speed limits.
 *
 * <p>Where the models know more than signs, a map says which of their labels mean which sign. Of
 * other labels this says nothing; of these it looks at the object itself, with the margin that the
 * table was learnt with, and not at its surroundings.
 */
public final class SignPlausibility implements Check {

  /** The name in policies and verdicts. */
  public static final String NAME = "sign-plausibility";

  /** Signs are cut out with so much around them, as a part of their side. */
  private static final double MARGIN = 0.125;

  private static final int NO_SIGN = -1;

  private final AppearanceTable table;
  private final int @Nullable [] classOf;
  private final CellFeatures cells;
  private final float[] features;
  private final int[] words;
  private final int[] scores;

  /**
   * @param table what signs look like; shared between checks
   */
  public SignPlausibility(AppearanceTable table) {
    this(table, null);
  }

  /**
   * @param table what signs look like; shared between checks
   * @param classes the table's class for each of the models' labels, −1 for what is no sign; null:
   *     the models' labels are the table's classes
   * @throws IllegalArgumentException if the table does not know such a class
   */
  public SignPlausibility(AppearanceTable table, @Nullable List<Integer> classes) {
    this.table = table;
    classOf = classes == null ? null : classes.stream().mapToInt(Integer::intValue).toArray();
    for (int i = 0; classOf != null && i < classOf.length; i++) {
      if (classOf[i] < NO_SIGN || classOf[i] >= table.classes()) {
        throw new IllegalArgumentException(
            "label %d means class %d of the appearance table, which knows %d"
                .formatted(i, classOf[i], table.classes()));
      }
    }
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
    int sign = sign(o);
    if (sign == NO_SIGN) {
      return 0;
    }
    score(o);
    return table.nonconformity(table.lead(scores, sign));
  }

  /** The table's class of the models' label. */
  private int sign(Observation o) {
    int known = classOf == null ? table.classes() : classOf.length;
    if (o.classes() != known) {
      throw new IllegalStateException(
          "the appearance table knows %d classes, the models %d".formatted(known, o.classes()));
    }
    return classOf == null ? o.label() : classOf[o.label()];
  }

  /** The sign and its margin where the crop holds more than that. */
  private Image look(Observation o) {
    Region box = o.sighting().box();
    Image crop = o.crop();
    return classOf == null || box == null
        ? crop
        : crop.view(box.expandedWithin(MARGIN, crop.width(), crop.height()));
  }

  private void score(Observation o) {
    cells.measure(look(o), features);
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
    return best == table.groupOf(sign(o))
        ? "hardly looks like '%s' (%.2f)".formatted(label, nonconformity)
        : "looks like a %s, not like '%s' (%.2f)"
            .formatted(table.groups().get(best), label, nonconformity);
  }
}
