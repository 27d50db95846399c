package io.stopline.campaign.detectorattack;

import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.detection.LabelledFrames;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The frames of a run and what is attacked in them.
 *
 * @param frames with an attacked object or place, and some others, in the order of the data
 * @param objects what is attacked
 */
public record DetectorAttackData(LabelledFrames frames, List<AttackedObject> objects) {

  /** Frames without anything attacked that are looked at too, for false finds. */
  private static final int OTHERS = 100;

  public DetectorAttackData {
    objects = List.copyOf(objects);
  }

  /**
   * Lists what is attacked.
   *
   * @param attacked labels of the objects; none for all that the detector knows
   * @param wanted the label that is wanted; −1 for any
   * @param leastSide objects with a smaller side, px, are left out
   * @param setting what is to be painted
   * @param limit objects or places at most
   * @param labels of the detector
   * @param renames as {@link LabelledFrames#of} has it
   */
  public static DetectorAttackData of(
      LabelledFrames all,
      AttackGoal goal,
      List<Integer> attacked,
      int wanted,
      int leastSide,
      PatchSetting setting,
      int limit,
      long seed,
      List<String> labels,
      Map<String, String> renames) {
    List<RoadFrame> frames = all.data().frames();
    List<AttackedObject> listed =
        goal == AttackGoal.CREATE
            ? AttackedObjects.places(frames, all.objects(), wanted, setting, limit, seed)
            : AttackedObjects.labelled(
                frames, all.objects(), attacked, wanted, leastSide, setting, limit);
    Set<Integer> used = new TreeSet<>();
    listed.forEach(o -> used.add(o.frame()));
    List<Integer> others = new ArrayList<>();
    for (int f = 0; f < frames.size(); f++) {
      if (!used.contains(f)) {
        others.add(f);
      }
    }
    if (others.size() > OTHERS) {
      SampleList.spread(OTHERS, others.size()).forEach(i -> used.add(others.get(i)));
    } else {
      used.addAll(others);
    }
    List<Integer> numbers = List.copyOf(used);
    List<AttackedObject> objects =
        listed.stream()
            .map(
                o ->
                    new AttackedObject(
                        o.id(), numbers.indexOf(o.frame()), o.box(), o.label(), o.wanted(), -1))
            .toList();
    return new DetectorAttackData(
        LabelledFrames.of(all.data().take(numbers), labels, renames), objects);
  }

  /**
   * The same with what a guard calls the objects.
   *
   * @param labelled the same frames with the guard's labels
   */
  public DetectorAttackData withGuardLabels(List<RoadFrame> labelled) {
    return new DetectorAttackData(
        frames,
        objects.stream()
            .map(
                o ->
                    new AttackedObject(
                        o.id(),
                        o.frame(),
                        o.box(),
                        o.label(),
                        o.wanted(),
                        labelled.get(o.frame()).signs().stream()
                            .filter(s -> s.region().equals(o.box()))
                            .mapToInt(SignBox::label)
                            .findFirst()
                            .orElse(SignBox.OTHER)))
            .toList());
  }
}
