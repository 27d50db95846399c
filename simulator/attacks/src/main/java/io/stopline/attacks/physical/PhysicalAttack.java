package io.stopline.attacks.physical;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.LearningSplit;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Options;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.attacks.WrongLabelLoss;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * An attack with something that could be put in front of a camera: a painter, and a search for its
 * parameters under changing viewing conditions. Immutable and thread-safe.
 *
 * <p>An outcome's images are the candidates as they are, unviewed and in 8-bit values; success is
 * theirs. {@link Outcome#VIEW_SUCCESS} tells in which share of fresh viewing conditions a candidate
 * succeeds, {@link Outcome#CLEAN_VIEW_SUCCESS} in which share of the same conditions the unaltered
 * input would.
 */
final class PhysicalAttack implements Attack {

  /** Streams of an input's seed. */
  private static final int SEARCH = 1;

  private static final int FRESH = 2;

  private final String name;
  private final ThreatModel threatModel;
  private final Map<String, Object> settings;
  private final Function<ImageShape, Painter> painters;
  private final SearchPlan plan;
  private final Common common;

  /**
   * What all physical attacks can be told.
   *
   * @param universal whether all inputs of a batch get the same candidate
   * @param learn share of the batch on which a universal candidate is learnt
   */
  record Common(OptionalInt target, boolean universal, double learn, boolean rounding) {

    static Common of(Options options, boolean universal) {
      return new Common(
          options.target(),
          options.flag("universal", universal),
          options.number("learn", 0.5, 0, 1),
          options.flag("rounding", true));
    }
  }

  /**
   * @param area share of the image that may be altered, above 0, at most 1
   * @param own settings of the attack's own, in a stable order
   * @param painters makes the painter for a shape
   */
  PhysicalAttack(
      String name,
      ThreatModel.Capability capability,
      double area,
      Map<String, Object> own,
      Function<ImageShape, Painter> painters,
      SearchPlan plan,
      Common common) {
    this.name = name;
    this.threatModel =
        new ThreatModel(
            common.target.isPresent() ? ThreatModel.Goal.TARGETED : ThreatModel.Goal.UNTARGETED,
            plan.steps() > 0
                ? ThreatModel.Knowledge.WHITE_BOX
                : ThreatModel.Knowledge.SCORE_QUERIES,
            ThreatModel.GuardKnowledge.NONE,
            capability,
            new ThreatModel.Area("image", area, plan.queries(), plan.draws()));
    this.painters = painters;
    this.plan = plan;
    this.common = common;
    Map<String, Object> all = new LinkedHashMap<>(own);
    common.target.ifPresent(target -> all.put("targeted", target));
    all.put("universal", common.universal);
    if (common.universal) {
      all.put("learn", common.learn);
    }
    all.put("rounding", common.rounding);
    plan.describe(all);
    this.settings = Collections.unmodifiableMap(all);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ThreatModel threatModel() {
    return threatModel;
  }

  @Override
  public Map<String, Object> settings() {
    return settings;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    ImageShape shape = victim.shape();
    if (shape.channels() != 3) {
      throw new IllegalArgumentException(
          "attack '%s' paints with light of three colours, but the model takes %d channels; use an"
                  .formatted(name, shape.channels())
              + " attack on pixels, for example apgd-ce");
    }
    if (plan.steps() > 0 && victim.gradients().isEmpty()) {
      throw new UnsupportedOperationException(
          "attack '%s' follows gradients, and this model has none; set steps=0 to search without"
              .formatted(name));
    }
    int target = common.target.orElse(-1);
    if (target >= victim.classes()) {
      throw new IllegalArgumentException(
          "attack '%s': targeted is class %d; the model has classes 0 to %d"
              .formatted(name, target, victim.classes() - 1));
    }
    int[] targets = new int[inputs.count()];
    Arrays.fill(targets, target);
    Painter painter = painters.apply(shape);
    Objective objective =
        victim.objective(inputs, new WrongLabelLoss(), target < 0 ? null : targets);
    Rehearsal rehearsal = new Rehearsal(objective, inputs, painter, common.rounding);
    // What is the target's already cannot be attacked.
    int[] rows =
        IntStream.range(0, inputs.count()).filter(i -> inputs.labels()[i] != target).toArray();
    boolean[] learnt =
        common.universal
            ? LearningSplit.draw(inputs, rows, common.learn, run.seed())
            : new boolean[inputs.count()];
    double[][] found = search(rehearsal, painter, inputs, rows, learnt, run);
    return score(rehearsal, painter, inputs, rows, found, learnt, run.seed());
  }

  /** What was found for each input of the batch; of those in {@code rows} only. */
  private double[][] search(
      Rehearsal rehearsal, Painter painter, Inputs inputs, int[] rows, boolean[] learnt, Run run) {
    List<PhysicalSearch.Group> groups = new ArrayList<>();
    int n = painter.parameters();
    if (common.universal) {
      int[] lessons = Arrays.stream(rows).filter(row -> learnt[row]).toArray();
      if (lessons.length > 0) {
        groups.add(new PhysicalSearch.Group(lessons, RandomStream.derive(run.seed(), SEARCH), n));
      }
    } else {
      for (int row : rows) {
        long seed = RandomStream.derive(run.seed(), inputs.ids()[row]);
        groups.add(new PhysicalSearch.Group(new int[] {row}, RandomStream.derive(seed, SEARCH), n));
      }
    }
    new PhysicalSearch(rehearsal, painter, plan).search(groups, run);
    double[][] found = new double[inputs.count()][];
    for (int i = 0; i < rows.length; i++) {
      found[rows[i]] = groups.get(common.universal ? 0 : i).best();
    }
    return found;
  }

  private Outcome score(
      Rehearsal rehearsal,
      Painter painter,
      Inputs inputs,
      int[] rows,
      double[][] found,
      boolean[] learnt,
      long seed) {
    int size = inputs.shape().size();
    float[] images = inputs.images().clone();
    Looks plain = Looks.room(inputs.count());
    Looks viewed = Looks.room(inputs.count());
    Looks clean = Looks.room(inputs.count());
    long[] places = new long[inputs.count()];
    for (int row : rows) {
      places[row] = fresh(inputs, row, seed).nextLong();
      rehearsal.paint(row, found[row], places[row], images, row * size);
      rehearsal.add(row, found[row], null, places[row], row);
    }
    rehearsal.look(plain);
    look(rehearsal, inputs, rows, found, seed, viewed);
    look(rehearsal, inputs, rows, new double[inputs.count()][], seed, clean);
    boolean[] success = new boolean[inputs.count()];
    float[] viewSuccess = new float[inputs.count()];
    float[] cleanViewSuccess = new float[inputs.count()];
    float[] covered = new float[inputs.count()];
    float[] learntOn = new float[inputs.count()];
    float[] succeeds = new float[inputs.count()];
    for (int row : rows) {
      success[row] = plain.successes()[row] > 0;
      viewSuccess[row] = (float) viewed.successShare(row);
      cleanViewSuccess[row] = (float) clean.successShare(row);
      covered[row] = (float) painter.covered(found[row]);
      learntOn[row] = learnt[row] ? 1 : 0;
      succeeds[row] = success[row] ? 1 : 0;
    }
    Map<String, float[]> figures = new LinkedHashMap<>();
    figures.put(Outcome.VIEW_SUCCESS, viewSuccess);
    figures.put(Outcome.CLEAN_VIEW_SUCCESS, cleanViewSuccess);
    figures.put(Outcome.COVERED, covered);
    if (common.universal) {
      figures.put(Outcome.LEARNT_ON, learntOn);
      figures.put(Outcome.HELD_OUT_SUCCESS, succeeds);
    }
    return new Outcome(images, success, figures);
  }

  private void look(
      Rehearsal rehearsal, Inputs inputs, int[] rows, double[][] thetas, long seed, Looks into) {
    for (int row : rows) {
      RandomStream random = fresh(inputs, row, seed);
      random.nextLong();
      for (int k = 0; k < plan.fresh(); k++) {
        View view = plan.viewing().draw(random);
        rehearsal.add(row, thetas[row], view, random.nextLong(), row);
      }
    }
    rehearsal.look(into);
  }

  /** Draws that nothing was chosen by, the same at each call. */
  private static RandomStream fresh(Inputs inputs, int row, long seed) {
    return new RandomStream(
        RandomStream.derive(RandomStream.derive(seed, inputs.ids()[row]), FRESH));
  }
}
