package io.stopline.campaign.certify;

import io.stopline.attacks.Inputs;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.UnsupportedOperatorException;
import io.stopline.campaign.certify.PatchCertifier.Ruling;
import io.stopline.campaign.certify.Surrogate.Goal;
import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.certificate.Attacked;
import io.stopline.evaluation.certificate.CertifiedFrame;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.WorstExample;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tries to break certificates of clean pictures by a patch of the very side that they cover, and as
 * a control by one that is a pixel larger than what the views hide, and then by larger ones until
 * some fall. It lies where the view that hides it best leaves most of it in sight. The attacker
 * knows file, views, groups and threshold: gradients through all views choose place and paint, then
 * queries of the exact check go on from the best. What counts is the picture in 8 bits, judged by
 * the exact file. Belongs to one thread.
 */
final class CertificateAttack {

  /** The strict threshold, at which frames are certified. */
  private static final double THRESHOLD = 0;

  private static final int PLACES = 3;
  private static final int STEPS = 30;
  private static final float FIRST_STEP = 48 / 255f;
  private static final float LAST_STEP = 4 / 255f;
  private static final int BATCH = 32;

  /** Queries an input; of masks each takes as many inferences as there are masks. */
  private static final int WINDOW_QUERIES = 150;

  private static final int MASK_QUERIES = 40;

  private final ModelReading model;
  private final PatchCertifier certifier;
  private final CertifyPlan plan;
  private final CertifyInputs inputs;
  private final List<CertifiedFrame> frames;
  private final BooleanSupplier cancelled;
  private final Map<Level, Map<Integer, Attacked>> results = new EnumMap<>(Level.class);
  private final List<WorstExample> fallen = new ArrayList<>();
  private final Map<Integer, Integer> rowOf = new HashMap<>();

  CertificateAttack(
      ModelReading model,
      PatchCertifier certifier,
      CertifyPlan plan,
      CertifyInputs inputs,
      List<CertifiedFrame> frames,
      BooleanSupplier cancelled) {
    this.model = model;
    this.certifier = certifier;
    this.plan = plan;
    this.inputs = inputs;
    this.frames = frames;
    this.cancelled = cancelled;
    for (int i = 0; i < inputs.inputs().count(); i++) {
      rowOf.put((int) inputs.inputs().ids()[i], i);
    }
  }

  /** What came of a level and side; null if it was not attacked. */
  @Nullable Attacked of(Level level, int side) {
    return results.getOrDefault(level, Map.of()).get(side);
  }

  /** Certified pictures that fell, as they fell. */
  List<WorstExample> fallen() {
    return fallen;
  }

  /**
   * Attacks certified pictures of each level and side.
   *
   * @return how many certified ones fell
   */
  int run(List<Integer> sides, DoubleConsumer share) {
    if (plan.attack() == 0) {
      return 0;
    }
    int broken = 0;
    int done = 0;
    int all = sides.size() * plan.groups().size();
    for (Map.Entry<Level, Groups> level : plan.groups().entrySet()) {
      for (int side : sides) {
        if (cancelled.getAsBoolean()) {
          return broken;
        }
        int number = done++;
        Attacked attacked =
            attack(level.getKey(), level.getValue(), side, p -> share.accept((number + p) / all));
        results.computeIfAbsent(level.getKey(), l -> new HashMap<>()).put(side, attacked);
        broken += attacked.broken();
      }
    }
    return broken;
  }

  private Attacked attack(Level level, Groups groups, int side, DoubleConsumer share) {
    long start = System.nanoTime();
    boolean recovery = frames.stream().noneMatch(f -> Double.isNaN(f.at(level, side).recovery()));
    double part = recovery ? 0.5 : 1;
    Attacked.Tries detection =
        tries(
            new Aim(Goal.PASS, level, groups, side),
            frames.stream().filter(f -> f.at(level, side).detected(THRESHOLD)).toList(),
            p -> share.accept(part * p));
    Attacked.Tries recovered =
        recovery
            ? tries(
                new Aim(Goal.LOSE, level, groups, side),
                frames.stream().filter(f -> f.at(level, side).recovered()).toList(),
                p -> share.accept(part + part * p))
            : null;
    return new Attacked(detection, recovered, (System.nanoTime() - start) / 1e9);
  }

  /** What is to be broken. */
  private record Aim(Goal goal, Level level, Groups groups, int side) {}

  /** Attacks certified pictures, and then with larger and larger patches until some fall. */
  private Attacked.Tries tries(Aim aim, List<CertifiedFrame> certified, DoubleConsumer share) {
    if (certified.isEmpty()) {
      return new Attacked.Tries(0, 0, List.of());
    }
    List<CertifiedFrame> chosen =
        SampleList.spread(plan.attack(), certified.size()).stream().map(certified::get).toList();
    PatchCover cover = certifier.cover(aim.side());
    int covered = cover.side();
    int largest = Math.min(inputs.inputs().shape().height(), inputs.inputs().shape().width()) / 2;
    List<Attacked.Control> controls = new ArrayList<>();
    try (Surrogate surrogate = surrogate(aim)) {
      Attacked.Control exact =
          attack(surrogate, aim, cover, chosen, aim.side(), true, p -> share.accept(p / 2));
      double done = 0.5;
      for (int beyond = 1; covered + beyond <= largest && !cancelled.getAsBoolean(); beyond *= 2) {
        double before = done;
        Attacked.Control control =
            attack(
                surrogate,
                aim,
                cover,
                chosen,
                covered + beyond,
                false,
                p -> share.accept(before + (1 - before) * p / 2));
        done += (1 - done) / 2;
        controls.add(control);
        if (control.broken() > 0) {
          break;
        }
      }
      share.accept(1);
      return new Attacked.Tries(exact.inputs(), exact.broken(), controls);
    }
  }

  /** Attacks pictures with patches of a side, as many as there is time for. */
  private Attacked.Control attack(
      @Nullable Surrogate surrogate,
      Aim aim,
      PatchCover cover,
      List<CertifiedFrame> chosen,
      int patch,
      boolean fault,
      DoubleConsumer share) {
    int attacked = 0;
    int broken = 0;
    for (int from = 0; from < chosen.size() && !cancelled.getAsBoolean(); from += BATCH) {
      List<CertifiedFrame> batch = chosen.subList(from, Math.min(chosen.size(), from + BATCH));
      List<Victim> victims = batch.stream().map(f -> new Victim(f, aim, patch)).toList();
      if (surrogate != null) {
        gradients(surrogate, victims, cover, patch);
      }
      for (Victim victim : victims) {
        query(victim, patch);
        if (victim.won()) {
          broken++;
          if (fault) {
            fallen.add(example(victim));
          }
        }
      }
      attacked += batch.size();
      share.accept(attacked / (double) chosen.size());
    }
    return new Attacked.Control(patch, attacked, broken);
  }

  /** Null where the file has no gradients: queries alone are left. */
  private @Nullable Surrogate surrogate(Aim aim) {
    try {
      if (certifier instanceof WindowCertifier windows) {
        return new WindowSurrogate(
            model.file(),
            model.encoding(),
            windows.check(aim.level(), aim.side()).windows(),
            aim.groups(),
            aim.goal());
      }
      if (certifier instanceof MaskCertifier masks) {
        return masks.surrogate(
            model.file(), model.encoding(), aim.side(), aim.groups(), aim.goal());
      }
    } catch (UnsupportedOperatorException e) {
      return null;
    }
    throw new IllegalStateException("no attack on certificates by " + certifier.method());
  }

  /** One picture under attack: where the patch is, and the best that was found. */
  private final class Victim {
    final CertifiedFrame frame;
    final Aim aim;
    final float[] clean;
    final int group;
    final RandomStream random;
    List<int[]> places = List.of();
    float[] best;
    double passes = Double.POSITIVE_INFINITY;
    boolean lost;
    int top;
    int left;

    Victim(CertifiedFrame frame, Aim aim, long stream) {
      this.frame = frame;
      this.aim = aim;
      this.clean = inputs.image(rowOf.getOrDefault(frame.id(), 0));
      this.group = aim.groups().of().get(frame.label());
      this.random =
          new RandomStream(
              RandomStream.derive(RandomStream.derive(plan.seed(), frame.id()), stream));
      this.best = clean;
    }

    /** Top and left of one of the places that promise most. */
    int[] place(int number) {
      return places.get(Math.min(number, places.size() - 1));
    }

    boolean won() {
      return aim.goal() == Goal.PASS ? passes <= THRESHOLD : lost;
    }

    /** Lets the exact check judge a candidate in 8 bits, and keeps it if it is the best. */
    void judge(float[] candidate, int from, int atTop, int atLeft) {
      float[] rounded = new float[clean.length];
      for (int i = 0; i < rounded.length; i++) {
        rounded[i] = Math.round(255 * candidate[from + i]) / 255f;
      }
      boolean recovery = aim.goal() == Goal.LOSE;
      Ruling now = certifier.rule(rounded, frame.label(), aim.level(), aim.side(), recovery);
      lost = recovery && now.recovered() != group;
      if (now.passes() < passes || lost) {
        passes = now.passes();
        best = rounded;
        top = atTop;
        left = atLeft;
      }
    }
  }

  private WorstExample example(Victim victim) {
    Aim aim = victim.aim;
    Ruling ruling =
        certifier.rule(victim.best, victim.frame.label(), aim.level(), aim.side(), false);
    return new WorstExample(
        "BROKEN: input %d, certified at %s level for %d×%d px, %s (score %.4f)"
            .formatted(
                victim.frame.id(),
                aim.level().id(),
                aim.side(),
                aim.side(),
                aim.goal() == Goal.LOSE ? "lost its group" : "a wrong label passes",
                ruling.passes()),
        PatchStudy.png(
            new Inputs(inputs.inputs().shape(), victim.best, new int[1], new long[1]), 0),
        inputs.inputs().shape().width(),
        inputs.inputs().shape().height(),
        new Region(victim.left, victim.top, aim.side(), aim.side()),
        "a certified picture that was broken");
  }

  /** Pictures that are changed together, clean at first, and what a surrogate says of them. */
  private static final class Batch {
    final float[] images;
    final float[] gradient;
    final double[] values;
    private final int[] groups;

    Batch(List<Victim> victims, int size) {
      images = new float[victims.size() * size];
      gradient = new float[images.length];
      values = new double[victims.size()];
      groups = victims.stream().mapToInt(v -> v.group).toArray();
      for (int i = 0; i < victims.size(); i++) {
        System.arraycopy(victims.get(i).clean, 0, images, i * size, size);
      }
    }

    void evaluate(Surrogate surrogate) {
      surrogate.evaluate(images, values.length, groups, values, gradient);
    }
  }

  private void gradients(Surrogate surrogate, List<Victim> victims, PatchCover cover, int patch) {
    ImageShape shape = inputs.inputs().shape();
    int size = shape.size();
    Batch batch = new Batch(victims, size);
    batch.evaluate(surrogate);
    for (int i = 0; i < victims.size(); i++) {
      victims.get(i).places = cover.best(batch.gradient, i * size, patch, PLACES);
    }
    for (int p = 0; p < number(victims.get(0).aim); p++) {
      List<Victim> standing = victims.stream().filter(v -> !v.won()).toList();
      climb(surrogate, standing, p, patch);
    }
  }

  /** Double masking takes as many inferences a step as there are pairs: fewer places are tried. */
  private int number(Aim aim) {
    return certifier instanceof MaskCertifier && aim.goal() == Goal.LOSE ? 1 : PLACES;
  }

  /** Gradient steps within the patch at one of each picture's places. */
  private void climb(Surrogate surrogate, List<Victim> victims, int number, int patch) {
    ImageShape shape = inputs.inputs().shape();
    int size = shape.size();
    int count = victims.size();
    Batch batch = new Batch(victims, size);
    float[] images = batch.images;
    for (int i = 0; i < count; i++) {
      Victim victim = victims.get(i);
      int[] at = victim.place(number);
      for (int y = at[0]; y < at[0] + patch; y++) {
        for (int k = 0; k < patch * shape.channels(); k++) {
          images[i * size + (y * shape.width() + at[1]) * shape.channels() + k] =
              (float) victim.random.nextDouble();
        }
      }
    }
    float step = FIRST_STEP;
    float shrink = (float) Math.pow(LAST_STEP / FIRST_STEP, 1.0 / STEPS);
    double[] most = new double[count];
    Arrays.fill(most, Double.NEGATIVE_INFINITY);
    float[] best = images.clone();
    for (int s = 0; s <= STEPS && count > 0; s++) {
      batch.evaluate(surrogate);
      for (int i = 0; i < count; i++) {
        if (batch.values[i] > most[i]) {
          most[i] = batch.values[i];
          System.arraycopy(images, i * size, best, i * size, size);
        }
        int[] at = victims.get(i).place(number);
        for (int y = at[0]; y < at[0] + patch; y++) {
          for (int k = 0; k < patch * shape.channels(); k++) {
            int o = i * size + (y * shape.width() + at[1]) * shape.channels() + k;
            images[o] = Math.max(0, Math.min(1, images[o] + step * Math.signum(batch.gradient[o])));
          }
        }
      }
      step *= shrink;
    }
    for (int i = 0; i < count; i++) {
      int[] at = victims.get(i).place(number);
      victims.get(i).judge(best, i * size, at[0], at[1]);
    }
  }

  /**
   * Random search within the patch: rectangles of one colour, kept if the exact check likes them.
   */
  private void query(Victim victim, int patch) {
    if (victim.aim.goal() == Goal.LOSE) {
      return; // whether double masking still gives the group is yes or no: nothing leads on
    }
    ImageShape shape = inputs.inputs().shape();
    int queries = certifier instanceof MaskCertifier ? MASK_QUERIES : WINDOW_QUERIES;
    if (victim.best == victim.clean) {
      victim.top = victim.random.nextInt(shape.height() - patch + 1);
      victim.left = victim.random.nextInt(shape.width() - patch + 1);
    }
    for (int q = 0; q < queries && !victim.won(); q++) {
      float[] candidate = victim.best.clone();
      int height = 1 + victim.random.nextInt(patch);
      int width = 1 + victim.random.nextInt(patch);
      int top = victim.top + victim.random.nextInt(patch - height + 1);
      int left = victim.left + victim.random.nextInt(patch - width + 1);
      for (int c = 0; c < shape.channels(); c++) {
        float colour = victim.random.nextInt(2);
        for (int y = top; y < top + height; y++) {
          for (int x = left; x < left + width; x++) {
            candidate[(y * shape.width() + x) * shape.channels() + c] = colour;
          }
        }
      }
      victim.judge(candidate, 0, victim.top, victim.left);
    }
  }
}
