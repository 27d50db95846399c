package io.stopline.campaign.detectorattack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.detectorattack.ObjectRecord.Attacked;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.TrackBootstrap;
import io.stopline.evaluation.detection.AveragePrecision;
import io.stopline.evaluation.detection.Estimate;
import io.stopline.evaluation.road.SignBox;
import io.stopline.evaluation.robustness.DetectorAttackFigures;
import io.stopline.evaluation.robustness.DetectorControl;
import io.stopline.sdk.model.Detection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * What came of a run. Objects of one frame are not independent, so intervals come from resampling
 * frames where a frame has several.
 *
 * @param objects those that are done, in order
 * @param records one an object
 * @param clean what is seen in each frame
 * @param attacked what is seen in each frame with all its paintings
 * @param whole false if it was cancelled before every object was done
 */
public record DetectorAttackRun(
    DetectorAttackPlan plan,
    List<AttackedObject> objects,
    List<ObjectRecord> records,
    List<List<Detection>> clean,
    List<List<Detection>> attacked,
    boolean whole) {

  public DetectorAttackRun {
    objects = List.copyOf(objects);
    records = List.copyOf(records);
    clean = List.copyOf(clean);
    attacked = List.copyOf(attacked);
  }

  /** One object and what came of it. */
  record Case(AttackedObject object, ObjectRecord record) {

    boolean isWonBy(Control control) {
      Trial trial = record.controls().get(control);
      return trial != null && trial.won();
    }

    Attacked attack() {
      Attacked attack = record.attack();
      if (attack == null) {
        throw new IllegalStateException("object %d was not attacked".formatted(object.id()));
      }
      return attack;
    }
  }

  /** Those that were attacked. */
  List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      if (records.get(i).attack() != null) {
        cases.add(new Case(objects.get(i), records.get(i)));
      }
    }
    return cases;
  }

  /** Numbers of the objects whose attack reached its goal as painted. */
  public List<Integer> won() {
    return cases().stream().filter(c -> c.attack().wins()).map(c -> c.object().id()).toList();
  }

  /** Says in an object's entry of a report what came of it; nothing of one that is not done. */
  public void describe(AttackedObject object, ObjectNode entry) {
    int at = objects.indexOf(object);
    if (at < 0) {
      return;
    }
    ObjectRecord record = records.get(at);
    Attacked attack = record.attack();
    entry.put("clean", words(record.clean(), record.cleanProbability()));
    if (attack == null) {
      entry.put("attacked", "not attacked");
      return;
    }
    Trial trial = attack.trial();
    entry.put("attacked", words(trial.fate(), trial.probability()));
    entry.put("won", attack.wins());
    if (trial.draws() > 0) {
      entry.put("draws", "%d of %d".formatted(trial.drawsWon(), trial.draws()));
    }
    entry.put("changedPixels", attack.overlay().changed()).put("allowedPixels", attack.allowed());
    entry.put("gradients", attack.gradients()).put("seconds", attack.seconds());
    ObjectNode tried = entry.putObject("controls");
    for (Control control : Control.values()) {
      Trial other = record.controls().get(control);
      if (other != null) {
        tried.put(control.field(), words(other.fate(), other.probability()));
      }
    }
  }

  private static String words(Fate fate, double probability) {
    return String.format(
        Locale.ROOT, "%s, %.2f", fate.name().toLowerCase(Locale.ROOT), probability);
  }

  /**
   * The figures.
   *
   * @param boxes one list a frame, with the detector's labels
   * @param labels how many the detector has
   */
  public DetectorAttackFigures figures(List<List<SignBox>> boxes, int labels) {
    List<Case> cases = cases();
    return new DetectorAttackFigures(
        plan.goal().success(),
        precision(boxes, clean, labels),
        precision(boxes, attacked, labels),
        found(),
        rate(cases, c -> c.attack().wins()),
        rate(cases, c -> c.attack().wins() && c.attack().trial().fate() == Fate.MISLABELLED),
        rate(cases, c -> c.attack().trial().fate() == Fate.MISPLACED),
        new DetectorAttackFigures.Draws(
            plan.judgeDraws(),
            rate(
                cases,
                c -> c.attack().violates() ? 0 : c.attack().trial().drawsWon(),
                c -> draws(c)),
            rate(cases, c -> c.attack().wins() && c.attack().trial().drawsWon() == draws(c)),
            rate(cases, c -> c.attack().wins() || c.attack().trial().drawsWon() > 0)),
        controls(cases),
        cases.stream().filter(c -> c.attack().violates()).count(),
        cases.stream().mapToLong(c -> c.attack().gradients()).sum(),
        cases.stream().mapToDouble(c -> c.attack().seconds()).sum());
  }

  private static int draws(Case one) {
    return one.attack().trial().draws();
  }

  /** Share of the objects that are found when clean; of places, those that were free. */
  private Rate found() {
    List<Case> all = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      all.add(new Case(objects.get(i), records.get(i)));
    }
    return rate(all, c -> c.record().attack() != null);
  }

  private List<DetectorControl> controls(List<Case> cases) {
    List<DetectorControl> controls = new ArrayList<>();
    for (Control control : Control.values()) {
      List<Case> with =
          cases.stream().filter(c -> c.record().controls().containsKey(control)).toList();
      if (!with.isEmpty()) {
        controls.add(
            new DetectorControl(
                control.field(),
                rate(with, c -> c.isWonBy(control)),
                rate(with, c -> c.attack().wins())));
      }
    }
    return controls;
  }

  private Rate rate(List<Case> cases, Predicate<Case> hit) {
    return rate(cases, c -> hit.test(c) ? 1 : 0, c -> 1);
  }

  /**
   * Over frames; by Clopper and Pearson where each frame has one case at most and it counts once.
   */
  private Rate rate(List<Case> cases, ToIntFunction<Case> hits, ToIntFunction<Case> of) {
    Map<Integer, int[]> byFrame = new TreeMap<>();
    for (Case one : cases) {
      int[] sums = byFrame.computeIfAbsent(one.object().frame(), f -> new int[2]);
      sums[0] += hits.applyAsInt(one);
      sums[1] += of.applyAsInt(one);
    }
    List<int[]> some = byFrame.values().stream().filter(s -> s[1] > 0).toList();
    if (some.stream().allMatch(s -> s[1] == 1)) {
      return Rate.of(some.stream().mapToInt(s -> s[0]).sum(), some.size());
    }
    return TrackBootstrap.rate(
        some.stream().mapToInt(s -> s[0]).toArray(),
        some.stream().mapToInt(s -> s[1]).toArray(),
        plan.seed());
  }

  private Estimate precision(List<List<SignBox>> boxes, List<List<Detection>> seen, int labels) {
    List<List<SignBox>> counted = new ArrayList<>();
    for (int f = 0; f < boxes.size(); f++) {
      int frame = f;
      counted.add(
          boxes.get(f).stream()
              .map(b -> isCounted(frame, b) ? b : new SignBox(b.region(), SignBox.OTHER))
              .toList());
    }
    return new AveragePrecision(counted, seen, labels, plan.seed()).mean();
  }

  /** What nobody attacks is not judged; where something is created, all of its label is. */
  private boolean isCounted(int frame, SignBox box) {
    return objects.stream()
        .anyMatch(
            o ->
                o.label() == box.label()
                    && (plan.goal() == AttackGoal.CREATE
                        || (o.frame() == frame && o.box().equals(box.region()))));
  }
}
