package io.stopline.campaign.detectorattack;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.robustness.WitnessFigures;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.guard.Witnesses.WitnessDetector;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.Detector;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks a guard's witnesses, by the files that ship, what they see in frames that were attacked.
 * Belongs to one thread.
 */
public final class WitnessSight implements AutoCloseable {

  /** From this intersection over union on a witness's box is about the object. */
  private static final double ABOUT_IT = 0.2;

  private final List<WitnessDetector> settings = new ArrayList<>();
  private final List<Detector> detectors = new ArrayList<>();
  private final List<String> finderLabels;

  private WitnessSight(List<String> finderLabels) {
    this.finderLabels = List.copyOf(finderLabels);
  }

  /**
   * Opens the witnesses of a policy.
   *
   * @param finderLabels names of the finder's labels, by number
   * @return null if no detector is a witness
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   */
  public static @Nullable WitnessSight open(
      Bundle bundle, PolicyFile file, List<String> finderLabels) {
    GuardPolicy policy = file.policy();
    Witnesses witnesses = policy.witnesses();
    if (witnesses == null || witnesses.detectors().isEmpty()) {
      return null;
    }
    WitnessSight sight = new WitnessSight(finderLabels);
    boolean done = false;
    try {
      for (WitnessDetector w : witnesses.detectors()) {
        sight.detectors.add(
            GuardFactory.openDetector(
                    bundle,
                    w.detector(),
                    new GuardPolicy.Finder(w.detector(), w.threshold(), w.maximum(), 0),
                    RuntimeOptions.defaults())
                .detector());
        sight.settings.add(w);
      }
      done = true;
      return sight;
    } finally {
      if (!done) {
        sight.close();
      }
    }
  }

  /**
   * Looks at every attacked object in its frame, clean and painted.
   *
   * @param frames of the data
   * @return null if the goal is one that no witness can contradict
   */
  public @Nullable WitnessFigures of(DetectorAttackRun run, List<RoadFrame> frames) {
    AttackGoal goal = run.plan().goal();
    if (goal == AttackGoal.MISLABEL) {
      return null;
    }
    int clean = 0;
    int attacked = 0;
    int won = 0;
    int untold = 0;
    List<DetectorAttackRun.Case> cases = run.cases();
    for (DetectorAttackRun.Case each : cases) {
      AttackedObject object = each.object();
      Image picture = frames.get(object.frame()).image();
      int label = goal == AttackGoal.CREATE ? object.wanted() : object.label();
      clean += sees(picture, object.box(), label) ? 1 : 0;
      each.attack().overlay().onto(picture);
      boolean seen = sees(picture, object.box(), label);
      attacked += seen ? 1 : 0;
      if (each.attack().wins()) {
        won++;
        untold += seen == (goal == AttackGoal.CREATE) ? 1 : 0;
      }
    }
    return new WitnessFigures(
        settings.stream().map(WitnessDetector::detector).toList(),
        Rate.of(clean, cases.size()),
        Rate.of(attacked, cases.size()),
        Rate.of(untold, won));
  }

  /** Whether any of them sees what the finder would call so. */
  boolean sees(Image picture, Region box, int label) {
    for (int i = 0; i < detectors.size(); i++) {
      Detector detector = detectors.get(i);
      List<String> shown =
          settings.get(i).labels().getOrDefault(finderLabels.get(label), List.of());
      for (Detection d : detector.detect(picture)) {
        boolean concerns =
            settings.get(i).labels().isEmpty() || shown.contains(detector.labels().get(d.label()));
        if (concerns && d.region().intersectionOverUnion(box) >= ABOUT_IT) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void close() {
    detectors.forEach(Detector::close);
  }
}
