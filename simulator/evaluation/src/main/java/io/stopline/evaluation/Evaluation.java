package io.stopline.evaluation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What clean data say of a bundle's models and of one of its guards.
 *
 * @param models accuracy of each model by itself, by name: the share of inputs whose label has the
 *     largest raw output
 * @param members the models of the policy's ensemble
 * @param ensemble accuracy of the mean of the members' probabilities
 * @param guardedAccuracy share of inputs that the guard accepts with the right label, each input a
 *     track of its own
 * @param falseAlarmRate share of inputs that the guard does not accept
 * @param abstentionRate the part of those on which it abstains
 * @param noSignRate the part of those that it takes for no sign
 * @param labelDifferences inputs on which the guard names another label than the ensemble does,
 *     where all members looked; anything but 0 is a fault
 * @param promise false alarms a track over random splits of held-out tracks; null where there are
 *     none
 * @param cascade what a guard with a cascade does on the split's tracks; null for one without, or
 *     where the split has no tracks
 * @param releases what is released of these tracks; null where there are none or the policy
 *     releases nothing
 */
public record Evaluation(
    Map<String, Rate> models,
    List<String> members,
    Rate ensemble,
    Rate guardedAccuracy,
    Rate falseAlarmRate,
    Rate abstentionRate,
    Rate noSignRate,
    long labelDifferences,
    @Nullable PromiseCheck promise,
    @Nullable CascadeFigures cascade,
    @Nullable ReleaseFigures releases) {

  public Evaluation {
    models = Map.copyOf(models);
    members = List.copyOf(members);
  }
}
