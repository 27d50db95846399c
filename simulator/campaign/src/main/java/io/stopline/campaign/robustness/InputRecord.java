package io.stopline.campaign.robustness;

import io.stopline.campaign.robustness.Judge.Ruling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of one input of the sample.
 *
 * @param id its position in the split
 * @param clean how it was judged before anything was done to it
 * @param trials one an attack, in their order; null where it was not attacked
 */
public record InputRecord(int id, int label, Ruling clean, List<@Nullable Trial> trials) {

  /**
   * One attack on one input.
   *
   * @param claimed whether the attack says that it succeeded
   * @param violation how the candidate broke its budget; empty if it did not
   * @param counts whether its change is within the budget that the run asks about, and its label
   *     the wanted one if there is one
   * @param ruling on the candidate
   * @param change its size in the attack's norm
   * @param figures what else the attack knows of this input, by name; see {@link
   *     io.stopline.attacks.Attack.Outcome}
   */
  public record Trial(
      boolean claimed,
      String violation,
      boolean counts,
      Ruling ruling,
      double change,
      Map<String, Double> figures) {

    public Trial {
      figures = Collections.unmodifiableMap(new TreeMap<>(figures));
    }

    /** Whether the attack has won by the rules. */
    public boolean broken() {
      return violation.isEmpty() && counts && ruling.broken();
    }
  }

  public InputRecord {
    // List.copyOf takes no nulls.
    trials = Collections.unmodifiableList(new ArrayList<>(trials));
  }

  /** Whether it is right when clean and after every attack. */
  public boolean standing() {
    return clean.standing() && trials.stream().noneMatch(t -> t != null && t.broken());
  }
}
