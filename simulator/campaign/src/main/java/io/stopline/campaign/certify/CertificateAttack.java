package io.stopline.campaign.certify;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.UnsupportedOperatorException;
import io.stopline.campaign.certify.PatchCertifier.Ruling;
import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.certificate.Attacked;
import io.stopline.evaluation.certificate.CertifiedFrame;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.WorstExample;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.sdk.certificate.Groups;
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
 * a control by one that is a pixel larger. The attacker knows file, views, groups and threshold:
 * gradients through all views choose place and paint, then queries of the exact check go on from
 * the best. What counts is the picture in 8 bits, judged by the exact file. Belongs to one thread.
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
    List<CertifiedFrame> certified =
        frames.stream().filter(f -> f.at(level, side).detected(THRESHOLD)).toList();
    List<CertifiedFrame> chosen =
        certified.isEmpty()
            ? List.of()
            : SampleList.spread(plan.attack(), certified.size()).stream()
                .map(certified::get)
                .toList();
    int largest = Math.min(inputs.inputs().shape().height(), inputs.inputs().shape().width());
    int beyond = Math.min(largest, certifier.coveredSide(side) + 1);
    long start = System.nanoTime();
    int broken = 0;
    int beyondBroken = 0;
    try (Surrogate surrogate = surrogate(level, groups, side)) {
      for (int from = 0; from < chosen.size(); from += BATCH) {
        List<CertifiedFrame> batch = chosen.subList(from, Math.min(chosen.size(), from + BATCH));
        broken += fallen(surrogate, groups, batch, level, side, side, true);
        beyondBroken += fallen(surrogate, groups, batch, level, side, beyond, false);
        share.accept((from + batch.size()) / (double) chosen.size());
        if (cancelled.getAsBoolean()) {
          break;
        }
      }
    }
    return new Attacked(
        chosen.size(),
        broken,
        beyond,
        chosen.size(),
        beyondBroken,
        (System.nanoTime() - start) / 1e9);
  }

  /** Null where the file has no gradients: queries alone are left. */
  private @Nullable Surrogate surrogate(Level level, Groups groups, int side) {
    try {
      if (certifier instanceof WindowCertifier windows) {
        return new WindowSurrogate(
            model.file(), model.encoding(), windows.check(level, side).windows(), groups);
      }
      if (certifier instanceof MaskCertifier masks) {
        return masks.surrogate(model.file(), model.encoding(), side, groups);
      }
    } catch (UnsupportedOperatorException e) {
      return null;
    }
    throw new IllegalStateException("no attack on certificates by " + certifier.method());
  }

  /** One picture under attack: where the patch may be, and the best that was found. */
  private final class Victim {
    final CertifiedFrame frame;
    final float[] clean;
    final int group;
    final RandomStream random;
    float[] best;
    double passes = Double.POSITIVE_INFINITY;
    int top;
    int left;

    Victim(CertifiedFrame frame, Groups groups, long stream) {
      this.frame = frame;
      this.clean = inputs.image(rowOf.getOrDefault(frame.id(), 0));
      this.group = groups.of().get(frame.label());
      this.random =
          new RandomStream(
              RandomStream.derive(RandomStream.derive(plan.seed(), frame.id()), stream));
      this.best = clean;
    }

    boolean won() {
      return passes <= THRESHOLD;
    }

    /** Lets the exact check judge a candidate in 8 bits, and keeps it if it is the best. */
    void judge(float[] candidate, int from, int atTop, int atLeft, Level level, int side) {
      float[] rounded = new float[clean.length];
      for (int i = 0; i < rounded.length; i++) {
        rounded[i] = Math.round(255 * candidate[from + i]) / 255f;
      }
      double now = certifier.rule(rounded, frame.label(), level, side, false).passes();
      if (now < passes) {
        passes = now;
        best = rounded;
        top = atTop;
        left = atLeft;
      }
    }
  }

  private int fallen(
      @Nullable Surrogate surrogate,
      Groups groups,
      List<CertifiedFrame> batch,
      Level level,
      int side,
      int patch,
      boolean fault) {
    List<Victim> victims = batch.stream().map(f -> new Victim(f, groups, patch)).toList();
    ImageShape shape = inputs.inputs().shape();
    if (surrogate != null) {
      gradients(surrogate, victims, shape, level, side, patch);
    }
    int queries = certifier instanceof MaskCertifier ? MASK_QUERIES : WINDOW_QUERIES;
    int count = 0;
    for (Victim victim : victims) {
      query(victim, shape, level, side, patch, queries);
      boolean recovered =
          fault
              && victim.frame.at(level, side).recovered()
              && certifier.rule(victim.best, victim.frame.label(), level, side, true).recovered()
                  != victim.group;
      if (victim.won() || recovered) {
        count++;
        if (fault) {
          fallen.add(example(victim, level, side, recovered));
        }
      }
    }
    return count;
  }

  private WorstExample example(Victim victim, Level level, int side, boolean recovered) {
    Ruling ruling = certifier.rule(victim.best, victim.frame.label(), level, side, false);
    return new WorstExample(
        "BROKEN: input %d, certified at %s level for %d×%d px, %s (score %.4f)"
            .formatted(
                victim.frame.id(),
                level.id(),
                side,
                side,
                recovered ? "lost its group" : "a wrong label passes",
                ruling.passes()),
        PatchStudy.png(
            new io.stopline.attacks.Inputs(
                inputs.inputs().shape(), victim.best, new int[1], new long[1]),
            0),
        "a certified picture that was broken");
  }

  private void gradients(
      Surrogate surrogate,
      List<Victim> victims,
      ImageShape shape,
      Level level,
      int side,
      int patch) {
    int size = shape.size();
    int count = victims.size();
    float[] images = new float[count * size];
    float[] gradient = new float[count * size];
    double[] values = new double[count];
    int[] groups = victims.stream().mapToInt(v -> v.group).toArray();
    for (int i = 0; i < count; i++) {
      System.arraycopy(victims.get(i).clean, 0, images, i * size, size);
    }
    surrogate.evaluate(images, count, groups, values, gradient);
    List<List<int[]>> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      places.add(PatchPlaces.best(gradient, i * size, shape, patch, PLACES));
    }
    for (int p = 0; p < PLACES; p++) {
      int number = p;
      for (int i = 0; i < count; i++) {
        Victim victim = victims.get(i);
        System.arraycopy(victim.clean, 0, images, i * size, size);
        int[] at = at(places.get(i), number);
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
      for (int s = 0; s <= STEPS; s++) {
        surrogate.evaluate(images, count, groups, values, gradient);
        for (int i = 0; i < count; i++) {
          if (values[i] > most[i]) {
            most[i] = values[i];
            System.arraycopy(images, i * size, best, i * size, size);
          }
          int[] at = at(places.get(i), number);
          for (int y = at[0]; y < at[0] + patch; y++) {
            for (int k = 0; k < patch * shape.channels(); k++) {
              int o = i * size + (y * shape.width() + at[1]) * shape.channels() + k;
              images[o] = Math.max(0, Math.min(1, images[o] + step * Math.signum(gradient[o])));
            }
          }
        }
        step *= shrink;
      }
      for (int i = 0; i < count; i++) {
        int[] at = at(places.get(i), number);
        if (!victims.get(i).won()) {
          victims.get(i).judge(best, i * size, at[0], at[1], level, side);
        }
      }
    }
  }

  private static int[] at(List<int[]> places, int number) {
    return places.get(Math.min(number, places.size() - 1));
  }

  /**
   * Random search within the patch: rectangles of one colour, kept if the exact check likes them.
   */
  private void query(
      Victim victim, ImageShape shape, Level level, int side, int patch, int queries) {
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
      victim.judge(candidate, 0, victim.top, victim.left, level, side);
    }
  }
}
