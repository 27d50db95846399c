package io.stopline.campaign.detectorattack;

import io.stopline.campaign.detectorattack.ObjectRecord.Attacked;
import io.stopline.campaign.detectorattack.ObjectSearch.Effort;
import io.stopline.campaign.detectorattack.ObjectSearch.Found;
import io.stopline.campaign.detectorattack.ObjectSearch.Painted;
import io.stopline.campaign.robustness.RunFolder;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Attacks objects one by one and judges every painting on the file that ships. Each object's draws
 * come from the seed and its number, so results do not depend on what else is run or on where a run
 * was interrupted. Belongs to one thread.
 */
public final class DetectorAttackRunner {

  private static final long SEARCH = 1;
  private static final long JUDGE = 2;
  private static final long NOISE = 3;

  private final ObjectSearch search;
  private final @Nullable ObjectSearch queries;
  private final Ruling ruling;
  private final Detector detector;
  private final DetectorAttackPlan plan;
  private final @Nullable RunFolder folder;
  private final DoubleConsumer share;

  /**
   * @param search the attack
   * @param queries a search without gradients, as a control; null if the attack is one
   * @param detector that judges: reports what is far below the plan's threshold too, for average
   *     precision
   * @param folder where finished objects are kept; null to keep nothing
   * @param share told the share of the work that is done, 0..1
   */
  public DetectorAttackRunner(
      ObjectSearch search,
      @Nullable ObjectSearch queries,
      Detector detector,
      DetectorAttackPlan plan,
      @Nullable RunFolder folder,
      DoubleConsumer share) {
    this.search = search;
    this.queries = queries;
    this.detector = detector;
    this.ruling = new Ruling(detector, plan.goal(), plan.threshold());
    this.plan = plan;
    this.folder = folder;
    this.share = share;
  }

  /**
   * Attacks all objects that are not finished yet.
   *
   * @param frames of the data
   * @param objects all of the run
   * @throws io.stopline.evaluation.UnusableDatasetException if a picture is damaged
   */
  public DetectorAttackRun run(List<RoadFrame> frames, List<AttackedObject> objects) {
    Map<Integer, ObjectRecord> records = new TreeMap<>();
    if (folder != null) {
      folder.lines().stream().map(ObjectRecord::of).forEach(r -> records.put(r.id(), r));
    }
    for (AttackedObject object : objects) {
      if (plan.cancelled().getAsBoolean()) {
        break;
      }
      if (!records.containsKey(object.id())) {
        // Counted over those before it alone, so that a run taken up again controls the same ones.
        long controlled =
            records.values().stream()
                .filter(r -> r.id() < object.id() && r.attack() != null)
                .count();
        ObjectRecord record =
            attack(
                frames.get(object.frame()).image(),
                object,
                controlled < plan.controls(),
                part -> share.accept((object.id() + part) / objects.size()));
        if (plan.cancelled().getAsBoolean()) {
          break; // half an object is no result
        }
        records.put(object.id(), record);
        if (folder != null) {
          folder.append(record.toJson());
        }
      }
      share.accept((object.id() + 1.0) / objects.size());
    }
    List<AttackedObject> done = objects.stream().filter(o -> records.containsKey(o.id())).toList();
    List<ObjectRecord> ordered = List.copyOf(records.values());
    return new DetectorAttackRun(
        plan,
        done,
        ordered,
        see(frames, done, List.of()),
        see(frames, done, ordered),
        done.size() == objects.size());
  }

  private ObjectRecord attack(
      Image frame, AttackedObject object, boolean controlled, DoubleConsumer part) {
    List<Detection> seen = ruling.see(frame);
    Fate clean = ruling.fate(object, seen);
    double probability = ruling.probability(object, seen);
    if (!ruling.attackable(clean)) {
      return new ObjectRecord(object.id(), clean, probability, null, Map.of());
    }
    double whole = controlled ? 5 : 1;
    long start = System.nanoTime();
    Found found = search(frame, object, plan.setting(), plan.effort(), p -> part.accept(p / whole));
    double seconds = (System.nanoTime() - start) / 1e9;
    Trial trial = judge(object, found.painted());
    Overlay overlay = Overlay.between(frame, found.painted().planned());
    Map<Control, Trial> controls = new EnumMap<>(Control.class);
    if (controlled) {
      PatchSetting setting = plan.setting();
      controls.put(Control.GREY, judge(object, Painting.grey(frame, found.sites())));
      controls.put(
          Control.NOISE, judge(object, Painting.noise(frame, found.sites(), seed(object, NOISE))));
      PatchSetting huge = new PatchSetting(PatchSetting.Shape.PATCH, PatchSetting.Place.ON, 1, 1);
      controls.put(
          Control.HUGE,
          judge(
              object,
              search(frame, object, huge, plan.effort(), p -> part.accept((1.2 + p) / whole))
                  .painted()));
      controls.put(
          Control.MORE_STEPS,
          judge(
              object,
              search(
                      frame,
                      object,
                      setting,
                      plan.effort().twice(),
                      p -> part.accept((2.4 + 2 * p) / whole))
                  .painted()));
    }
    if (controlled && queries != null) {
      Found asked =
          queries.search(
              frame,
              object,
              plan.setting(),
              plan.effort(),
              seed(object, SEARCH),
              p -> part.accept((4.5 + 0.5 * p) / whole),
              plan.cancelled());
      controls.put(Control.QUERIES, judge(object, asked.painted()));
    }
    return new ObjectRecord(
        object.id(),
        clean,
        probability,
        new Attacked(trial, overlay, allowed(object, plan.setting()), found.gradients(), seconds),
        controls);
  }

  private Found search(
      Image frame,
      AttackedObject object,
      PatchSetting setting,
      Effort effort,
      DoubleConsumer part) {
    return search.search(
        frame, object, setting, effort, seed(object, SEARCH), part, plan.cancelled());
  }

  private Trial judge(AttackedObject object, Painted painted) {
    RandomStream random = new RandomStream(seed(object, JUDGE));
    long[] draws = new long[plan.judgeDraws()];
    for (int i = 0; i < draws.length; i++) {
      draws[i] = random.nextLong();
    }
    return ruling.judge(object, painted, draws);
  }

  private long seed(AttackedObject object, long what) {
    return RandomStream.derive(RandomStream.derive(plan.seed(), object.id()), what);
  }

  /** How many pixels a painting may change: its share of the object's box. */
  static long allowed(AttackedObject object, PatchSetting setting) {
    return (long) Math.floor(setting.area() * object.box().area() + 1e-9);
  }

  /** What is seen in each frame once all finished paintings of it are in it. */
  private List<List<Detection>> see(
      List<RoadFrame> frames, List<AttackedObject> objects, List<ObjectRecord> painted) {
    List<List<Detection>> seen = new ArrayList<>();
    for (int f = 0; f < frames.size(); f++) {
      Image frame = frames.get(f).image();
      int number = f;
      IntStream.range(0, painted.size())
          .filter(i -> objects.get(i).frame() == number)
          .forEach(
              i -> {
                Attacked attack = painted.get(i).attack();
                if (attack != null && !attack.violates()) {
                  attack.overlay().onto(frame);
                }
              });
      seen.add(detector.detect(frame));
    }
    return seen;
  }
}
