package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.road.FrameMean;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of attacked objects when a whole guard (finder, tracker, checks, incidents) drove by
 * them. A track is one drive past one object, with the painting on it for the whole approach.
 *
 * @param policy its name
 * @param knowledge what the attacker knows of the guard, in words
 * @param adaptive whether the attack aimed at finder, checks and classifiers together
 * @param drives how many past each object, each with camera and random draws of its own
 * @param read share of the listed objects whose clean drives all end with the right label accepted;
 *     only these are counted below
 * @param undetected share of the tracks in which a wrong label was accepted before any suspicion,
 *     or the object was never accepted and nobody was told
 * @param undetectedObjects share of the objects with which that happened in any drive
 * @param fates how many tracks ended how, by name
 * @param cleanAlarms incidents a minute of the clean drives, none of which is right
 * @param attackedAlarms incidents a minute of the attacked drives that are not about the object
 * @param minutes of clean driving
 */
public record DetectorGuardFigures(
    String policy,
    String knowledge,
    boolean adaptive,
    int drives,
    Rate read,
    Rate undetected,
    Rate undetectedObjects,
    Map<String, Long> fates,
    FrameMean cleanAlarms,
    FrameMean attackedAlarms,
    double minutes) {

  public DetectorGuardFigures {
    fates = Map.copyOf(new TreeMap<>(fates));
  }

  /** Adds them to a report. */
  void fill(ObjectNode fields) {
    fields.set("undetected", undetected.toJson());
    ObjectNode guard = fields.putObject("guard");
    guard.put("policy", policy).put("knowledge", knowledge).put("adaptive", adaptive);
    guard.put("drives", drives);
    guard.set("read", read.toJson());
    guard.set("undetectedPerTrack", undetected.toJson());
    guard.set("undetectedPerObject", undetectedObjects.toJson());
    ObjectNode ends = guard.putObject("tracks");
    new TreeMap<>(fates).forEach(ends::put);
    put(guard, "falseAlarmsPerMinute", cleanAlarms);
    put(guard, "incidentsElsewherePerMinute", attackedAlarms);
    guard.put("cleanMinutes", minutes);
  }

  private static void put(ObjectNode node, String name, FrameMean mean) {
    node.putObject(name).put("value", mean.value()).put("low", mean.low()).put("high", mean.high());
  }
}
