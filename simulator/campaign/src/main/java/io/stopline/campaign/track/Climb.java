package io.stopline.campaign.track;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Victim;
import io.stopline.attacks.WrongLabelLoss;
import io.stopline.scene.alteration.Alteration;
import io.stopline.sdk.random.RandomStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Several candidates that climb side by side: each step looks at the same frames of all of them,
 * goes back through the frames' stand-ins and takes a step of Adam (Kingma and Ba 2015). Belongs to
 * one thread.
 */
final class Climb {

  private static final double FIRST_MOMENT = 0.7;
  private static final double SECOND_MOMENT = 0.95;
  private static final double TINY = 1e-12;

  /** Share of a step that is left at the end. */
  private static final double LAST = 0.1;

  /** Of a candidate's loss, how much the last step says. */
  private static final double FRESH = 0.4;

  /** Frames of the clean sign that say where something can be gained. */
  private static final int GAIN_FRAMES = 8;

  private final TrackScene scene;
  private final int[] frames;
  private final RandomStream random;
  private final List<FrameView.Trace> traces = new ArrayList<>();
  private final FacePaint paint = new FacePaint();
  private final FacePaint gradient = new FacePaint();
  private long views;
  private int steps;

  /**
   * @param frames that are looked at, of the scene's
   */
  Climb(TrackScene scene, int[] frames, long seed) {
    this.scene = scene;
    this.frames = frames.clone();
    this.random = new RandomStream(seed);
  }

  /** A vector on its way. */
  static final class Candidate {
    final Design design;
    final int target;
    final double[] at;
    private final double[] steps;
    private final double[] first;
    private final double[] second;
    private final double[] slope;
    private int taken;

    /** Mean of late losses; larger is better for the attacker. */
    private double loss = Double.NaN;

    /** Share of the last step's frames in which the stand-in was fooled. */
    private double reached;

    /**
     * @param target the wanted label; −1: any wrong one
     */
    Candidate(Design design, int target) {
      this.design = design;
      this.target = target;
      at = design.start();
      steps = design.steps();
      first = new double[at.length];
      second = new double[at.length];
      slope = new double[at.length];
    }

    private void step(double rate) {
      taken++;
      double a = 1 - Math.pow(FIRST_MOMENT, taken);
      double b = 1 - Math.pow(SECOND_MOMENT, taken);
      for (int i = 0; i < at.length; i++) {
        first[i] += (1 - FIRST_MOMENT) * (slope[i] - first[i]);
        second[i] += (1 - SECOND_MOMENT) * (slope[i] * slope[i] - second[i]);
        at[i] += rate * steps[i] * (first[i] / a) / (Math.sqrt(second[i] / b) + TINY);
      }
      design.keep(at);
    }
  }

  /** Pictures that were looked at with a gradient. */
  long views() {
    return views;
  }

  /** Steps of all rounds. */
  int steps() {
    return steps;
  }

  /**
   * One round.
   *
   * @param victim whose loss is climbed
   * @param perStep frames that a step looks at
   * @param from how far the search is, 0..1, and {@code to} when the round ends
   */
  void round(
      Victim victim, List<Candidate> candidates, int count, int perStep, double from, double to) {
    int each = Math.min(perStep, frames.length);
    Objective objective = objective(victim, candidates);
    for (int step = 0; step < count; step++) {
      double done = from + (to - from) * step / count;
      double softness = Math.max(0, 1 - 1.25 * done);
      look(victim, objective, candidates, picked(each), softness);
      double rate = LAST + (1 - LAST) * 0.5 * (1 + Math.cos(Math.PI * done));
      candidates.forEach(c -> c.step(rate));
      steps++;
    }
  }

  /**
   * The best ones first, by loss and by how many frames are fooled.
   *
   * @param ofEach label so many stay in any case: that any wrong label is likely is easier than
   *     that one of them is
   */
  static List<Candidate> best(List<Candidate> candidates, int count, int ofEach) {
    List<Candidate> sorted = new ArrayList<>(candidates);
    sorted.sort(Comparator.comparingDouble(c -> -c.loss - c.reached));
    Map<Integer, Integer> kept = new HashMap<>();
    List<Candidate> best = new ArrayList<>();
    for (Candidate candidate : sorted) {
      if (kept.merge(candidate.target, 1, Integer::sum) <= ofEach) {
        best.add(candidate);
      }
    }
    for (Candidate candidate : sorted) {
      if (best.size() < count && !best.contains(candidate)) {
        best.add(candidate);
      }
    }
    best.sort(Comparator.comparingDouble(c -> -c.loss - c.reached));
    return best;
  }

  private Objective objective(Victim victim, List<Candidate> candidates) {
    int rows = candidates.size() * frames.length;
    int[] targets = new int[rows];
    int[] labels = new int[rows];
    long[] ids = new long[rows];
    Arrays.fill(labels, scene.label());
    for (int row = 0; row < rows; row++) {
      targets[row] = candidates.get(row / frames.length).target;
      ids[row] = row;
    }
    // Objectives look at candidates, not at what the inputs were.
    float[] none = new float[rows * victim.shape().size()];
    return victim.objective(
        new Inputs(victim.shape(), none, labels, ids), new WrongLabelLoss(), targets);
  }

  private int[] picked(int count) {
    int[] order = new int[frames.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    for (int i = 0; i < count; i++) {
      int other = i + random.nextInt(order.length - i);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return Arrays.copyOf(order, count);
  }

  private void look(
      Victim victim,
      Objective objective,
      List<Candidate> candidates,
      int[] picked,
      double softness) {
    int size = victim.shape().size();
    int side = victim.shape().width();
    int count = candidates.size() * picked.length;
    int[] rows = new int[count];
    float[] images = new float[count * size];
    while (traces.size() < count) {
      traces.add(new FrameView.Trace());
    }
    for (int c = 0, k = 0; c < candidates.size(); c++) {
      candidates.get(c).design.paint(candidates.get(c).at, softness, paint);
      for (int i : picked) {
        int frame = frames[i];
        boolean exact = scene.draws() == 1 || random.nextInt(3) == 0;
        scene
            .view(frame)
            .forward(
                paint,
                scene.cut(frame, exact ? null : random),
                side,
                images,
                k * size,
                traces.get(k));
        rows[k++] = c * frames.length + i;
      }
    }
    Objective.Answers answers = Objective.Answers.room(count, victim.shape(), true);
    objective.evaluate(rows, images, answers);
    views += count;
    float[] slopes = answers.gradient();
    for (int c = 0, k = 0; c < candidates.size() && slopes != null; c++) {
      Candidate candidate = candidates.get(c);
      gradient.clear();
      double loss = 0;
      int reached = 0;
      for (int i : picked) {
        scene.view(frames[i]).backward(traces.get(k), slopes, k * size, gradient);
        loss += answers.loss()[k] / picked.length;
        reached += answers.success()[k] ? 1 : 0;
        k++;
      }
      candidate.design.backward(candidate.at, softness, gradient, candidate.slope);
      candidate.loss =
          Double.isNaN(candidate.loss) ? loss : candidate.loss + FRESH * (loss - candidate.loss);
      candidate.reached = (double) reached / picked.length;
    }
  }

  /**
   * How the loss would change with what is put on the clean sign, over all frames.
   *
   * @param target the wanted label; −1: any wrong one
   */
  FacePaint gains(Victim victim, int target) {
    Candidate clean = new Candidate(new Nothing(), target);
    int[] some = new int[Math.min(GAIN_FRAMES, frames.length)];
    for (int i = 0; i < some.length; i++) {
      some[i] = i * frames.length / some.length;
    }
    look(victim, objective(victim, List.of(clean)), List.of(clean), some, 0);
    FacePaint gains = new FacePaint();
    System.arraycopy(gradient.cover, 0, gains.cover, 0, gains.cover.length);
    System.arraycopy(gradient.ink, 0, gains.ink, 0, gains.ink.length);
    return gains;
  }

  /** Wrong labels, the one first that the clean sign is nearest to. */
  List<Integer> nearest(Victim victim, int count) {
    int size = victim.shape().size();
    float[] images = new float[frames.length * size];
    paint.clear();
    FrameView.Trace trace = new FrameView.Trace();
    for (int i = 0; i < frames.length; i++) {
      scene
          .view(frames[i])
          .forward(
              paint, scene.cut(frames[i], null), victim.shape().width(), images, i * size, trace);
    }
    int[] labels = new int[frames.length];
    long[] ids = new long[frames.length];
    Arrays.fill(labels, scene.label());
    float[] near = new float[frames.length * victim.classes()];
    victim.nearness(new Inputs(victim.shape(), images, labels, ids), near);
    double[] sums = new double[victim.classes()];
    for (int i = 0; i < near.length; i++) {
      sums[i % sums.length] += near[i];
    }
    List<Integer> order = new ArrayList<>();
    for (int label = 0; label < sums.length; label++) {
      if (label != scene.label()) {
        order.add(label);
      }
    }
    order.sort(Comparator.comparingDouble(label -> -sums[label]));
    return order.subList(0, Math.min(count, order.size()));
  }

  /** The clean sign. */
  private record Nothing() implements Design {
    @Override
    public double[] start() {
      return new double[0];
    }

    @Override
    public double[] steps() {
      return new double[0];
    }

    @Override
    public void paint(double[] parameters, double softness, FacePaint into) {
      into.clear();
    }

    @Override
    public void backward(double[] p, double softness, FacePaint gradient, double[] into) {
      // There is nothing to change.
    }

    @Override
    public void keep(double[] parameters) {
      // There is nothing to keep.
    }

    @Override
    public Alteration made(double[] p, Path file) {
      throw new IllegalStateException("a clean sign has no alteration");
    }
  }
}
