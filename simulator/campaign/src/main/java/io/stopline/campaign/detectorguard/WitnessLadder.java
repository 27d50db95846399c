package io.stopline.campaign.detectorguard;

import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.guard.Witnesses.HiddenObject;
import io.stopline.sdk.guard.Witnesses.PhantomObject;
import io.stopline.sdk.guard.Witnesses.Vanished;
import io.stopline.sdk.guard.Witnesses.WitnessDetector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a witness from the most watchful to the most reluctant, for each kind of incident by
 * itself. Below the last rung a kind is left out. Belongs to one thread.
 */
final class WitnessLadder {

  /** A witness looks at one of so many frames. */
  static final int EVERY_FRAMES = Witnesses.standard().everyFrames();

  /** At most so many finds of a frame. */
  static final int MAXIMUM = 32;

  /** What is seen less often is no object to any kind. */
  static final int LEAST_LOOKS = HiddenObject.standard().persistence();

  /**
   * When something is called hidden.
   *
   * @param threshold of the witness
   */
  private record Hidden(double threshold, HiddenObject rule) {}

  private final WitnessPlan plan;
  private final List<Hidden> hidden = new ArrayList<>();
  private final List<PhantomObject> phantom = new ArrayList<>();
  private final List<Vanished> vanished = new ArrayList<>();
  private final Map<WitnessKind, Integer> rungs = new EnumMap<>(WitnessKind.class);

  /**
   * @param minimumSide below which the guard judges nothing, px
   * @param closer whether the guard's models are detectors that look closer, not classifiers
   * @param looks in a usual drive: nothing is asked for that it cannot show
   */
  WitnessLadder(WitnessPlan plan, int minimumSide, boolean closer, int looks) {
    this.plan = plan;
    double first = plan.reading().options().thresholdOrUsual();
    List<Double> thresholds = new ArrayList<>(List.of(first));
    if (!plan.thresholdTold()) {
      thresholds.add(between(first, 0.25));
      thresholds.add(between(first, 0.5));
    }
    int most = Math.max(LEAST_LOOKS, 2 * looks / 3);
    HiddenObject usual = HiddenObject.standard();
    int side = Math.max(usual.minimumSide(), minimumSide);
    double last = thresholds.get(thresholds.size() - 1);
    // First by the witness's word alone; then the guard's own models have to be sure of a label.
    // What blinds a detector blinds its close-ups, so there only large things come before that.
    for (int sure : new int[] {0, usual.sureFrames()}) {
      for (double threshold : thresholds) {
        for (int persistence : new int[] {LEAST_LOOKS, 8}) {
          if (persistence <= most) {
            hidden.add(
                new Hidden(threshold, new HiddenObject(persistence, side, usual.standing(), sure)));
          }
        }
      }
      if (closer || sure > 0) {
        hidden.add(
            new Hidden(
                last, new HiddenObject(Math.min(8, most), 2 * side, usual.standing(), sure)));
      }
    }
    phantom.add(new PhantomObject(Math.min(PhantomObject.standard().persistence(), most)));
    if (most >= 15) {
      phantom.add(new PhantomObject(15));
    }
    vanished.addAll(
        List.of(Vanished.standard(), new Vanished(10, 64, 0.2), new Vanished(15, 96, 0.25)));
    for (WitnessKind kind : WitnessKind.values()) {
      rungs.put(kind, plan.kinds().contains(kind) ? 0 : size(kind));
    }
  }

  private static double between(double threshold, double share) {
    return Math.rint(100 * (threshold + (1 - threshold) * share)) / 100;
  }

  private int size(WitnessKind kind) {
    return switch (kind) {
      case HIDDEN -> hidden.size();
      case PHANTOM -> phantom.size();
      case VANISHED -> vanished.size();
    };
  }

  private int rung(WitnessKind kind) {
    return rungs.getOrDefault(kind, 0);
  }

  /** Whether a kind is still looked for. */
  boolean has(WitnessKind kind) {
    return rung(kind) < size(kind);
  }

  /** Kinds that are still looked for. */
  Set<WitnessKind> kinds() {
    Set<WitnessKind> kinds = EnumSet.noneOf(WitnessKind.class);
    for (WitnessKind kind : WitnessKind.values()) {
      if (has(kind)) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  /** Makes a kind more reluctant. */
  void step(WitnessKind kind) {
    rungs.merge(kind, 1, Integer::sum);
  }

  /** From which probability on the witness counts. */
  double threshold() {
    return has(WitnessKind.HIDDEN)
        ? hidden.get(rung(WitnessKind.HIDDEN)).threshold()
        : hidden.get(0).threshold();
  }

  /** As a policy has it; null if no kind is left. */
  @Nullable Witnesses settings() {
    if (kinds().isEmpty()) {
      return null;
    }
    boolean looks = has(WitnessKind.HIDDEN) || has(WitnessKind.PHANTOM);
    Witnesses usual = Witnesses.standard();
    return new Witnesses(
        EVERY_FRAMES,
        usual.patience(),
        usual.motion(),
        null,
        null,
        looks
            ? List.of(new WitnessDetector(plan.name(), threshold(), MAXIMUM, plan.labels()))
            : List.of(),
        has(WitnessKind.HIDDEN) ? hidden.get(rung(WitnessKind.HIDDEN)).rule() : null,
        has(WitnessKind.PHANTOM) ? phantom.get(rung(WitnessKind.PHANTOM)) : null,
        has(WitnessKind.VANISHED) ? vanished.get(rung(WitnessKind.VANISHED)) : null);
  }
}
