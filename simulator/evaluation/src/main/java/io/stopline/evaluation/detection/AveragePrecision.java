package io.stopline.evaluation.detection;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.TrackBootstrap;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Average precision of a detector's finds, the area under precision over recall: of each label that
 * is labelled at all, and the mean over these. Precision is made to fall with recall and summed at
 * every find (all points, as PASCAL VOC does since 2010; Everingham et al. 2015, section 3.4.1);
 * COCO takes the mean of 101 points of the same curve.
 *
 * <p>Finds are matched as COCO's evaluation does (Lin et al. 2014; {@code cocoeval.evaluateImg}):
 * in each frame and of each label, the surest find first, each takes the free object that it
 * overlaps most, if by at least the asked intersection over union. A find that takes none, but of
 * which at least that share lies in an object that is {@linkplain SignBox#OTHER not to be judged},
 * is neither right nor false.
 *
 * <p>Objects of one frame are not independent, so intervals come from resampling frames. Immutable,
 * but for what is computed when it is first asked for; belongs to one thread.
 */
public final class AveragePrecision {

  /** The overlap at which a find is usually held to be right. */
  public static final double USUAL = 0.5;

  /** COCO's overlaps, over which its main figure is the mean: 0.50, 0.55 … 0.95. */
  private static final double[] COCO = {0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95};

  private static final double TAIL = 0.025;

  private final List<List<SignBox>> objects;
  private final List<List<Detection>> finds;
  private final int labels;
  private final long seed;

  /** How many objects of each label each frame has. */
  private final int[][] objectsOf;

  /**
   * @param objects one list a frame, labels in the numbers of the finds' labels, or {@link
   *     SignBox#OTHER} for what is not to be judged
   * @param finds one list a frame, in any order; those of labels that no object has are left out
   * @param labels how many there are
   * @param seed decides the resampling
   * @throws IllegalArgumentException if there are not as many lists of finds as of objects, or an
   *     object's label is not below {@code labels}
   */
  public AveragePrecision(
      List<List<SignBox>> objects, List<List<Detection>> finds, int labels, long seed) {
    if (objects.size() != finds.size()) {
      throw new IllegalArgumentException(
          "%d lists of finds for %d frames".formatted(finds.size(), objects.size()));
    }
    this.objects = objects.stream().map(List::copyOf).toList();
    this.finds = finds.stream().map(List::copyOf).toList();
    this.labels = labels;
    this.seed = seed;
    this.objectsOf = new int[labels][objects.size()];
    for (int f = 0; f < objects.size(); f++) {
      for (SignBox object : this.objects.get(f)) {
        if (object.label() >= labels) {
          throw new IllegalArgumentException(
              "an object of frame %d has label %d; there are %d"
                  .formatted(f, object.label(), labels));
        }
        if (object.known()) {
          objectsOf[object.label()][f]++;
        }
      }
    }
  }

  /** The mean over the labels at the usual overlap, 0.5. */
  public Estimate mean() {
    return mean(USUAL);
  }

  /**
   * The mean over the labels that objects have.
   *
   * @param overlap intersection over union from which on a find is right, 0..1
   */
  public Estimate mean(double overlap) {
    return estimate(curves(overlap));
  }

  /** COCO's main figure: the mean over the labels and the overlaps 0.50, 0.55 … 0.95. */
  public Estimate coco() {
    List<Curve> all = new ArrayList<>();
    for (double overlap : COCO) {
      all.addAll(curves(overlap));
    }
    return estimate(all);
  }

  /** Of one label, at an overlap; NaN if no object has it. */
  public Estimate of(int label, double overlap) {
    return estimate(total(label) == 0 ? List.of() : List.of(curve(label, overlap)));
  }

  /** How many objects have a label. */
  public int objects(int label) {
    return total(label);
  }

  /** How many objects are to be found. */
  public int objects() {
    int sum = 0;
    for (int label = 0; label < labels; label++) {
      sum += total(label);
    }
    return sum;
  }

  /**
   * Share of the objects that some find of the right label overlaps.
   *
   * @param overlap intersection over union from which on a find is right, 0..1
   * @param threshold finds that are less probable do not count
   */
  public Rate found(double overlap, double threshold) {
    int[] hits = new int[objects.size()];
    int[] of = new int[objects.size()];
    int used = 0;
    for (int f = 0; f < objects.size(); f++) {
      int frame = f;
      for (SignBox object : objects.get(f)) {
        if (object.known()) {
          of[used]++;
          hits[used] +=
              finds.get(frame).stream()
                      .anyMatch(
                          d ->
                              d.label() == object.label()
                                  && d.probability() >= threshold
                                  && d.region().intersectionOverUnion(object.region()) >= overlap)
                  ? 1
                  : 0;
        }
      }
      used += of[used] > 0 ? 1 : 0;
    }
    return TrackBootstrap.rate(Arrays.copyOf(hits, used), Arrays.copyOf(of, used), seed);
  }

  /**
   * How far the difference of two means may be chance: its standard deviation over resampled
   * frames, the same frames for both.
   *
   * @param other other finds in the same frames
   * @throws IllegalArgumentException if it has another number of frames
   */
  public double deviationOfDifference(AveragePrecision other, double overlap) {
    if (other.objects.size() != objects.size()) {
      throw new IllegalArgumentException(
          "%d frames against %d".formatted(other.objects.size(), objects.size()));
    }
    double[] mine = resampled(curves(overlap));
    double[] others = other.resampled(seed, other.curves(overlap));
    double sum = 0;
    double squares = 0;
    int n = 0;
    for (int r = 0; r < mine.length; r++) {
      double difference = mine[r] - others[r];
      if (!Double.isNaN(difference)) {
        sum += difference;
        squares += difference * difference;
        n++;
      }
    }
    return n < 2 ? Double.NaN : Math.sqrt(Math.max(0, (squares - sum * sum / n) / (n - 1)));
  }

  private int total(int label) {
    return Arrays.stream(objectsOf[label]).sum();
  }

  private List<Curve> curves(double overlap) {
    List<Curve> curves = new ArrayList<>();
    for (int label = 0; label < labels; label++) {
      if (total(label) > 0) {
        curves.add(curve(label, overlap));
      }
    }
    return curves;
  }

  /** The finds of a label that count, the surest first. */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Curve(int[] frames, boolean[] right, int[] objects) {

    /** Area under precision over recall where each frame is there so many times. */
    double area(int[] times, double[] precisions, double[] recalls) {
      long of = 0;
      for (int f = 0; f < objects.length; f++) {
        of += (long) times[f] * objects[f];
      }
      if (of == 0) {
        return Double.NaN;
      }
      long found = 0;
      long all = 0;
      for (int i = 0; i < frames.length; i++) {
        int weight = times[frames[i]];
        all += weight;
        found += right[i] ? weight : 0;
        precisions[i] = all == 0 ? 0 : (double) found / all;
        recalls[i] = (double) found / of;
      }
      double area = 0;
      double best = 0;
      for (int i = frames.length - 1; i >= 0; i--) {
        best = Math.max(best, precisions[i]);
        area += best * (recalls[i] - (i == 0 ? 0 : recalls[i - 1]));
      }
      return area;
    }
  }

  private record Ranked(int frame, boolean right, float probability) {}

  private Curve curve(int label, double overlap) {
    List<Ranked> ranked = new ArrayList<>();
    for (int f = 0; f < objects.size(); f++) {
      rank(f, label, overlap, ranked);
    }
    ranked.sort(Comparator.comparingDouble(r -> -r.probability));
    int[] frames = new int[ranked.size()];
    boolean[] right = new boolean[ranked.size()];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = ranked.get(i).frame;
      right[i] = ranked.get(i).right;
    }
    return new Curve(frames, right, objectsOf[label]);
  }

  private void rank(int frame, int label, double overlap, List<Ranked> into) {
    List<SignBox> here = objects.get(frame);
    boolean[] taken = new boolean[here.size()];
    List<Detection> sorted =
        finds.get(frame).stream()
            .filter(d -> d.label() == label)
            .sorted(Comparator.comparingDouble(d -> -d.probability()))
            .toList();
    for (Detection find : sorted) {
      int best = -1;
      double most = overlap;
      for (int o = 0; o < here.size(); o++) {
        double shared = here.get(o).region().intersectionOverUnion(find.region());
        if (!taken[o] && here.get(o).label() == label && shared >= most) {
          best = o;
          most = shared;
        }
      }
      if (best >= 0) {
        taken[best] = true;
        into.add(new Ranked(frame, true, find.probability()));
      } else if (here.stream()
          .noneMatch(o -> !o.known() && shareInside(find.region(), o.region()) >= overlap)) {
        into.add(new Ranked(frame, false, find.probability()));
      }
    }
  }

  /** Which share of the first lies in the second. */
  private static double shareInside(Region first, Region second) {
    long w =
        (long) Math.min(first.x() + first.width(), second.x() + second.width())
            - Math.max(first.x(), second.x());
    long h =
        (long) Math.min(first.y() + first.height(), second.y() + second.height())
            - Math.max(first.y(), second.y());
    return w <= 0 || h <= 0 ? 0 : (double) w * h / first.area();
  }

  private Estimate estimate(List<Curve> curves) {
    if (curves.isEmpty()) {
      return new Estimate(Double.NaN, 0, 1, 0);
    }
    int[] once = new int[objects.size()];
    Arrays.fill(once, 1);
    double value = mean(curves, once, scratch(curves), scratch(curves));
    double[] sorted =
        Arrays.stream(resampled(curves)).filter(x -> !Double.isNaN(x)).sorted().toArray();
    long of = 0;
    int[][] counted = curves.stream().map(Curve::objects).distinct().toArray(int[][]::new);
    for (int[] each : counted) {
      of += Arrays.stream(each).sum();
    }
    if (sorted.length == 0 || sorted[0] == sorted[sorted.length - 1]) {
      // No spread shows where all frames agree: then as many frames as there are could still err.
      long frames = framesWithObjects(counted);
      Rate limits = Rate.ofMeans(value * frames, frames);
      return new Estimate(value, Math.min(value, limits.low()), Math.max(value, limits.high()), of);
    }
    return new Estimate(
        value,
        TrackBootstrap.quantile(sorted, TAIL),
        TrackBootstrap.quantile(sorted, 1 - TAIL),
        of);
  }

  private long framesWithObjects(int[][] counted) {
    long frames = 0;
    for (int f = 0; f < objects.size(); f++) {
      int frame = f;
      frames += Arrays.stream(counted).anyMatch(c -> c[frame] > 0) ? 1 : 0;
    }
    return frames;
  }

  private double[] resampled(List<Curve> curves) {
    return resampled(seed, curves);
  }

  private double[] resampled(long with, List<Curve> curves) {
    RandomStream random = new RandomStream(with);
    int frames = objects.size();
    int[] times = new int[frames];
    double[] precisions = scratch(curves);
    double[] recalls = scratch(curves);
    double[] means = new double[TrackBootstrap.RESAMPLES];
    for (int r = 0; r < means.length; r++) {
      Arrays.fill(times, 0);
      for (int f = 0; f < frames; f++) {
        times[random.nextInt(frames)]++;
      }
      means[r] = mean(curves, times, precisions, recalls);
    }
    return means;
  }

  private static double[] scratch(List<Curve> curves) {
    return new double[curves.stream().mapToInt(c -> c.frames.length).max().orElse(0)];
  }

  /** Labels that no drawn frame shows have no say in a draw. */
  private static double mean(
      List<Curve> curves, int[] times, double[] precisions, double[] recalls) {
    double sum = 0;
    int counted = 0;
    for (Curve curve : curves) {
      double area = curve.area(times, precisions, recalls);
      if (!Double.isNaN(area)) {
        sum += area;
        counted++;
      }
    }
    return counted == 0 ? Double.NaN : sum / counted;
  }
}
