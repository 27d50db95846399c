package io.stopline.campaign.stills;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.TrackBootstrap;
import io.stopline.evaluation.road.FrameMean;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.pipeline.Incident;
import java.util.List;
import java.util.function.Predicate;

/**
 * What came of drives through photographs. Nothing was attacked, so every incident is a false one.
 * Alerts and notices are counted apart. Intervals come from resampling photographs.
 *
 * @param stills how many
 * @param minutes of driving
 * @param alertsOnSigns alerts about labelled or ignored signs
 * @param alertsElsewhere alerts about anything else
 * @param noticesOnSigns notices about labelled or ignored signs
 * @param noticesElsewhere notices about anything else
 * @param alertsElsewherePerMinute with its interval
 * @param noticesElsewherePerMinute with its interval
 * @param acceptedRight share of the signs, by the last verdict of the drive
 * @param acceptedWrong accepted with another label
 * @param suspected called suspect
 * @param abstained judged without a result
 * @param dropped taken for no sign
 * @param notJudged never followed for long enough
 */
public record StillFigures(
    int stills,
    double minutes,
    int alertsOnSigns,
    int alertsElsewhere,
    int noticesOnSigns,
    int noticesElsewhere,
    FrameMean alertsElsewherePerMinute,
    FrameMean noticesElsewherePerMinute,
    Rate acceptedRight,
    Rate acceptedWrong,
    Rate suspected,
    Rate abstained,
    Rate dropped,
    Rate notJudged) {

  /**
   * Counts.
   *
   * @param seed decides the resampling
   */
  public static StillFigures of(List<StillResult> results, long seed) {
    return new StillFigures(
        results.size(),
        results.size() * StillDrive.minutes(),
        count(results, Incident.Level.ALERT, true),
        count(results, Incident.Level.ALERT, false),
        count(results, Incident.Level.NOTICE, true),
        count(results, Incident.Level.NOTICE, false),
        perMinute(results, Incident.Level.ALERT, seed),
        perMinute(results, Incident.Level.NOTICE, seed),
        rate(results, seed, e -> accepted(e) && isRight(e)),
        rate(results, seed, e -> accepted(e) && !isRight(e)),
        rate(results, seed, e -> is(e, Decision.SUSPECT)),
        rate(results, seed, e -> is(e, Decision.ABSTAIN)),
        rate(results, seed, e -> is(e, Decision.NO_SIGN)),
        rate(results, seed, e -> e.verdict() == null));
  }

  private static int count(List<StillResult> results, Incident.Level level, boolean onSign) {
    return results.stream().mapToInt(r -> r.count(level, onSign)).sum();
  }

  private static FrameMean perMinute(List<StillResult> results, Incident.Level level, long seed) {
    return FrameMean.of(results.stream().mapToInt(r -> r.count(level, false)).toArray(), seed)
        .times(1 / StillDrive.minutes());
  }

  private static boolean is(StillResult.SignEnd end, Decision decision) {
    return end.verdict() != null && end.verdict().decision() == decision;
  }

  private static boolean accepted(StillResult.SignEnd end) {
    return is(end, Decision.ACCEPT);
  }

  private static boolean isRight(StillResult.SignEnd end) {
    Verdict verdict = end.verdict();
    return verdict != null && verdict.label() == end.sign().label();
  }

  private static Rate rate(
      List<StillResult> results, long seed, Predicate<StillResult.SignEnd> hit) {
    List<StillResult> with = results.stream().filter(r -> !r.signs().isEmpty()).toList();
    return TrackBootstrap.rate(
        with.stream().mapToInt(r -> (int) r.signs().stream().filter(hit).count()).toArray(),
        with.stream().mapToInt(r -> r.signs().size()).toArray(),
        seed);
  }

  /** {@code stills} of a report. */
  public ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("stills", stills)
            .put("minutes", minutes)
            .put("incidentsOnSigns", alertsOnSigns)
            .put("incidentsElsewhere", alertsElsewhere)
            .put("incidentsElsewherePerMinute", alertsElsewherePerMinute.value())
            .put("noticesOnSigns", noticesOnSigns)
            .put("noticesElsewhere", noticesElsewhere)
            .put("noticesElsewherePerMinute", noticesElsewherePerMinute.value());
    node.putObject("incidentsElsewherePerMinuteInterval")
        .put("low", alertsElsewherePerMinute.low())
        .put("high", alertsElsewherePerMinute.high());
    ObjectNode signs = node.putObject("signsAtEnd");
    signs.set("acceptedRight", acceptedRight.toJson());
    signs.set("acceptedWrong", acceptedWrong.toJson());
    signs.set("suspected", suspected.toJson());
    signs.set("abstained", abstained.toJson());
    signs.set("dropped", dropped.toJson());
    signs.set("notJudged", notJudged.toJson());
    return node;
  }
}
