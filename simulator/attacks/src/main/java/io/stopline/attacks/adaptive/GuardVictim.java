package io.stopline.attacks.adaptive;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.Objective;
import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.Victim;
import io.stopline.attacks.adaptive.GuardPasses.Pass;
import io.stopline.attacks.adaptive.JointLoss.Wish;
import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.DifferentiableModel.Recording;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.transform.DifferentiableView;
import io.stopline.autodiff.transform.DifferentiableView.Trace;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.guard.Cascade;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.TransformChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A whole guard under attack by someone who knows of it what a {@link GuardKnowledge} says and
 * draws for himself. All passes of an inspection are rebuilt with gradients; the objective is the
 * joint loss: a wrong label by the ensemble <i>and</i> a score that is accepted.
 *
 * <ul>
 *   <li>one model: the first member's scores only
 *   <li>all models: every member's
 *   <li>policy: and the randomised and squeezed views, the checks and their weights; the score is
 *       to become very small
 *   <li>calibration: and the threshold; what is under it is not pushed further
 * </ul>
 *
 * The given loss only says which wrong label counts ({@link LogitLoss#reached}). Success is the
 * twin's decision over fresh draws where the attacker knows the threshold; else that he is as far
 * as he can tell. What the guard that ships makes of it, {@link GuardJudge} says.
 *
 * <p>Closes nothing. Belongs to one thread at a time.
 */
public final class GuardVictim implements Victim {

  /** Rows of the largest batch that a member is given. */
  private static final int BATCH = 192;

  /** Fresh draws in which a success has to pass again. */
  private static final int CONFIRMATIONS = 3;

  /** How far under the threshold a success has to be, so that other draws accept it as well. */
  private static final double SLACK = 0.01;

  private final GuardPolicy policy;
  private final List<DifferentiableModel> members;
  private final List<LocalTwin> locals;
  private final GuardKnowledge knowledge;
  private final int draws;
  private final Set<String> active;
  private final Pull pull;
  private final int seenAs;
  private final Calibration calibration;
  private final GuardPasses attackPlan;
  private final GuardPasses fullPlan;
  private final double threshold;
  private final long seed;
  private final ImageShape shape;
  private final EnsembleModel ensemble;

  /**
   * The whole guard.
   *
   * @see #of(GuardPolicy, Calibration, List, List, GuardKnowledge, int, long, Set)
   */
  public static GuardVictim of(
      GuardPolicy policy,
      Calibration calibration,
      List<DifferentiableModel> members,
      List<LocalTwin> locals,
      GuardKnowledge knowledge,
      int draws,
      long seed) {
    return of(policy, calibration, members, locals, knowledge, draws, seed, checkNames(policy));
  }

  /**
   * A guard with some of its checks.
   *
   * @param calibration of the same checks; its threshold is known at {@link
   *     GuardKnowledge#CALIBRATION} only
   * @param members differentiable twins of the policy's members, in its order
   * @param locals maps of local scores of the models that active checks look at
   * @param knowledge from {@link GuardKnowledge#ONE_MODEL} on
   * @param draws of each randomised view and member over which each gradient is averaged, at least
   *     1
   * @param seed of the attacker's own draws; never the guard's
   * @param active names of the checks that take part; none for the bare ensemble
   * @throws IllegalArgumentException if these do not fit together, or naming a check of which there
   *     is no differentiable form
   */
  public static GuardVictim of(
      GuardPolicy policy,
      Calibration calibration,
      List<DifferentiableModel> members,
      List<LocalTwin> locals,
      GuardKnowledge knowledge,
      int draws,
      long seed,
      Set<String> active) {
    return new GuardVictim(
        policy, calibration, members, locals, knowledge, draws, seed, active, Pull.JOINT, -1);
  }

  /** The same guard attacked by steps of another kind; {@link Pull#JOINT} unless said. */
  public GuardVictim pulling(Pull other) {
    return new GuardVictim(
        policy, calibration, members, locals, knowledge, draws, seed, active, other, seenAs);
  }

  /**
   * The same guard where a finder reports what is inspected.
   *
   * @param label of the finder, −1 if it reports none
   * @throws IllegalArgumentException if a check knows no such label
   */
  public GuardVictim seenAs(int label) {
    return new GuardVictim(
        policy, calibration, members, locals, knowledge, draws, seed, active, pull, label);
  }

  private GuardVictim(
      GuardPolicy policy,
      Calibration calibration,
      List<DifferentiableModel> members,
      List<LocalTwin> locals,
      GuardKnowledge knowledge,
      int draws,
      long seed,
      Set<String> active,
      Pull pull,
      int seenAs) {
    if (members.size() != policy.members().size()) {
      throw new IllegalArgumentException(
          "policy '%s' has members %s, given were %d twins; give one of each, in this order"
              .formatted(policy.name(), policy.members(), members.size()));
    }
    if (knowledge.compareTo(GuardKnowledge.ONE_MODEL) < 0) {
      throw new IllegalArgumentException(
          "who knows no model of the guard has no gradients; attack it by queries, or say what is known: one model, all models, policy or calibration");
    }
    if (draws < 1) {
      throw new IllegalArgumentException(draws + " draws; at least 1");
    }
    for (String name : active) {
      if (!checkNames(policy).contains(name)) {
        throw new IllegalArgumentException(
            "policy '%s' has no check '%s'; it has %s"
                .formatted(policy.name(), name, checkNames(policy)));
      }
    }
    this.policy = policy;
    this.members = List.copyOf(members);
    this.knowledge = knowledge;
    this.seed = seed;
    this.locals = List.copyOf(locals);
    this.draws = draws;
    this.active = Set.copyOf(active);
    this.pull = pull;
    this.seenAs = seenAs;
    this.calibration = calibration;
    shape = members.get(0).shape();
    for (DifferentiableModel member : members) {
      if (!member.shape().equals(shape) || member.classes() != members.get(0).classes()) {
        throw new IllegalArgumentException(
            "members take %s and %s; a joint attack needs members of one size and as many classes"
                .formatted(shape, member.shape()));
      }
    }
    checkCascade(policy, shape);
    attackPlan = GuardPasses.of(policy, active, locals, draws, seenAs);
    fullPlan = GuardPasses.of(policy, active, locals, 0, seenAs);
    threshold = fullPlan.scores() ? threshold(policy, calibration) : 1;
    ensemble = new EnsembleModel(this.members);
  }

  /**
   * A label of a new track is always seen by all members and checks, so their joint loss is what
   * has to be beaten first, with a cascade too. Images that a cascade never accepts would flatter
   * it.
   */
  private static void checkCascade(GuardPolicy policy, ImageShape shape) {
    Cascade cascade = policy.cascade();
    int side = Math.min(shape.width(), shape.height());
    if (cascade != null && side < cascade.nearSide()) {
      throw new IllegalArgumentException(
          "the cascade of policy '%s' accepts nothing below %d px, and the images have %d px; attack the same policy with 'nearSide: %d' or less"
              .formatted(policy.name(), cascade.nearSide(), side, side));
    }
  }

  /** Names of a policy's checks, in its order. */
  public static Set<String> checkNames(GuardPolicy policy) {
    Set<String> names = new LinkedHashSet<>();
    policy.checks().forEach(check -> names.add(check.create().name()));
    return names;
  }

  /** The largest score of a frame by itself that a guard accepts; negative if it accepts none. */
  public static double threshold(GuardPolicy policy, Calibration calibration) {
    double rate = Math.max(policy.falseAlarmRate(), policy.abstentionRate());
    if (calibration.pValue(1) > rate) {
      return 1;
    }
    double[] scores = calibration.scores();
    for (int i = scores.length - 1; i >= 0; i--) {
      if (calibration.pValue(scores[i]) > rate) {
        return scores[i];
      }
    }
    return -1;
  }

  /** What the attacker knows. */
  public GuardKnowledge knowledge() {
    return knowledge;
  }

  /** Model runs, forward and back, that one gradient of one candidate takes. */
  public int passesPerGradient() {
    return (int) attackPlan.passes().stream().filter(p -> p.member() < members.size()).count()
        + new MapRuns(forms(attackPlan), shape).each();
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public int classes() {
    return members.get(0).classes();
  }

  @Override
  public BatchModel scores() {
    return ensemble;
  }

  @Override
  public Optional<DifferentiableModel> gradients() {
    return Optional.of(surrogate());
  }

  @Override
  public List<DifferentiableModel> surrogates() {
    return knowledge == GuardKnowledge.ONE_MODEL ? List.of(members.get(0)) : members;
  }

  @Override
  public Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
    return new Joint(inputs, loss, targets);
  }

  /**
   * How near each class is to each input: what the ensemble gives it, less what the checks that
   * look at pixels make of it where the attacker knows them.
   */
  @Override
  public void nearness(Inputs inputs, float[] into) {
    surrogate().logits(inputs.images(), inputs.count(), into);
    Runner runner = new Runner(fullPlan);
    for (int first = 0; first < inputs.count(); first += runner.chunk()) {
      int count = Math.min(runner.chunk(), inputs.count() - first);
      runner.maps.run(inputs.images(), first, count, false);
      for (int i = 0; i < count; i++) {
        runner.look(inputs.images(), first, i);
        for (int c = 0; c < classes(); c++) {
          into[(first + i) * classes() + c] -= (float) runner.joint.doubt(c);
        }
      }
    }
  }

  private List<CheckForm> forms(GuardPasses plan) {
    return plan.terms().stream().map(term -> term.form().apply(shape)).toList();
  }

  private DifferentiableModel surrogate() {
    return knowledge == GuardKnowledge.ONE_MODEL ? members.get(0) : ensemble;
  }

  /** Runs a plan's passes for a chunk of images. */
  private final class Runner {
    private final int[][] passesOf;
    private final DifferentiableView[] views;
    private final List<Trace[]> traces = new ArrayList<>();
    private final List<Recording> recordings = new ArrayList<>();
    final JointLoss joint;
    final List<CheckForm> forms;
    final MapRuns maps;
    private final float[][] rendered;
    private final float[][] logits;
    private int room;

    Runner(GuardPasses plan) {
      forms = forms(plan);
      maps = new MapRuns(forms, shape);
      joint =
          new JointLoss(
              plan,
              forms,
              knowledge,
              members.size(),
              classes(),
              threshold,
              SLACK,
              policy.minimumProbability(),
              policy.labelMix());
      passesOf = new int[members.size()][];
      for (int m = 0; m < passesOf.length; m++) {
        int member = m;
        passesOf[m] =
            java.util.stream.IntStream.range(0, plan.passes().size())
                .filter(i -> plan.passes().get(i).member() == member)
                .toArray();
      }
      views = new DifferentiableView[plan.passes().size()];
      for (int i = 0; i < views.length; i++) {
        for (int j = 0; j < i && views[i] == null; j++) {
          if (plan.passes().get(j).view().equals(plan.passes().get(i).view())) {
            views[i] = views[j];
          }
        }
        if (views[i] == null) {
          views[i] = new DifferentiableView(chain(plan.passes().get(i)), shape, shape);
        }
      }
      rendered = new float[members.size()][0];
      logits = new float[members.size()][0];
    }

    private TransformChain chain(Pass pass) {
      return policy.views().stream()
          .filter(view -> view.name().equals(pass.view()))
          .findFirst()
          .orElse(TransformChain.identity());
    }

    /** Images that may be run at once. */
    int chunk() {
      int most = 1;
      for (int[] passes : passesOf) {
        most = Math.max(most, passes.length);
      }
      return Math.max(1, BATCH / most);
    }

    private Trace[] traces(int image) {
      while (traces.size() <= image) {
        Trace[] own = new Trace[views.length];
        for (int i = 0; i < own.length; i++) {
          own[i] = views[i].trace();
        }
        traces.add(own);
      }
      return traces.get(image);
    }

    /** Renders and scores; with recordings that stay open until {@link #close} if wanted. */
    void run(float[] images, int first, int count, long[] seeds, boolean records) {
      if (room < count) {
        room = count;
        for (int m = 0; m < members.size(); m++) {
          rendered[m] = new float[room * passesOf[m].length * shape.size()];
          logits[m] = new float[room * passesOf[m].length * classes()];
        }
      }
      for (int m = 0; m < members.size(); m++) {
        int each = passesOf[m].length;
        for (int i = 0; i < count; i++) {
          for (int k = 0; k < each; k++) {
            int pass = passesOf[m][k];
            views[pass].forward(
                images,
                (first + i) * shape.size(),
                RandomStream.derive(seeds[i], pass),
                rendered[m],
                (i * each + k) * shape.size(),
                traces(i)[pass]);
          }
        }
        if (records) {
          Recording recording = members.get(m).record(rendered[m], count * each);
          recordings.add(recording);
          System.arraycopy(recording.logits(), 0, logits[m], 0, count * each * classes());
        } else {
          members.get(m).logits(rendered[m], count * each, logits[m]);
        }
      }
      maps.run(images, first, count, records);
    }

    /** Turns the joint loss to one of the images that were run. */
    void turnTo(float[] images, int first, int image) {
      for (int m = 0; m < members.size(); m++) {
        int each = passesOf[m].length;
        for (int k = 0; k < each; k++) {
          joint.put(passesOf[m][k], logits[m], (image * each + k) * classes());
        }
      }
      look(images, first, image);
    }

    /** Has the checks look at one of the images that were run. */
    void look(float[] images, int first, int image) {
      for (CheckForm form : forms) {
        form.look(images, (first + image) * shape.size());
      }
      maps.turnTo(image);
    }

    /** Where the derivative by a pass's scores belongs. */
    void cotangents(Wish wish, float[][] into, int image) {
      joint.differentiate(wish);
      for (int m = 0; m < members.size(); m++) {
        int each = passesOf[m].length;
        for (int k = 0; k < each; k++) {
          joint.cotangent(passesOf[m][k], wish, into[m], (image * each + k) * classes());
        }
      }
      maps.cotangents(joint, wish, image);
    }

    /** Adds the models' share of the gradient of each image. */
    void backward(float[][] cotangents, float[] gradient, int first, int count) {
      for (int m = 0; m < members.size(); m++) {
        int each = passesOf[m].length;
        recordings.get(m).backward(cotangents[m], rendered[m]);
        for (int i = 0; i < count; i++) {
          for (int k = 0; k < each; k++) {
            views[passesOf[m][k]].backward(
                traces(i)[passesOf[m][k]],
                rendered[m],
                (i * each + k) * shape.size(),
                gradient,
                (first + i) * shape.size());
          }
        }
      }
      maps.backward(gradient, first, count);
    }

    void close() {
      recordings.forEach(Recording::close);
      recordings.clear();
      maps.close();
    }
  }

  /** The joint loss for a batch of inputs. */
  private final class Joint implements Objective {
    private final Inputs inputs;
    private final LogitLoss loss;
    private final int @Nullable [] targets;
    private final long[] counts;
    private final Runner attack = new Runner(attackPlan);
    private final Runner full = new Runner(fullPlan);

    Joint(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
      this.inputs = inputs;
      this.loss = loss;
      this.targets = targets;
      counts = new long[inputs.count()];
    }

    @Override
    public ImageShape shape() {
      return shape;
    }

    private long[] seeds(int[] rows, int first, int count) {
      long[] seeds = new long[count];
      for (int i = 0; i < count; i++) {
        int row = rows[first + i];
        seeds[i] = RandomStream.derive(RandomStream.derive(seed, inputs.ids()[row]), counts[row]++);
      }
      return seeds;
    }

    @Override
    public void evaluate(int[] rows, float[] images, Answers into) {
      float[] gradient = into.gradient();
      if (gradient != null) {
        Arrays.fill(gradient, 0, rows.length * shape.size(), 0);
      }
      int chunk = attack.chunk();
      for (int first = 0; first < rows.length; first += chunk) {
        int count = Math.min(chunk, rows.length - first);
        attack.run(images, first, count, seeds(rows, first, count), gradient != null);
        try {
          judge(rows, images, first, count, into);
        } finally {
          attack.close();
        }
      }
      if (knowledge == GuardKnowledge.CALIBRATION) {
        confirm(rows, images, into);
      }
    }

    private void judge(int[] rows, float[] images, int first, int count, Answers into) {
      boolean[] lags = new boolean[count];
      for (int i = 0; i < count; i++) {
        int row = rows[first + i];
        JointLoss joint = weigh(rows, images, first, i);
        lags[i] = joint.label() != joint.target();
        into.loss()[first + i] = (float) joint.loss();
        boolean reached = loss.reached(joint.label(), inputs.labels()[row], target(row));
        into.success()[first + i] =
            knowledge == GuardKnowledge.CALIBRATION
                ? reached && joint.accepts(true)
                : joint.seemsDone();
      }
      float[] gradient = into.gradient();
      if (gradient == null) {
        return;
      }
      if (pull == Pull.JOINT) {
        differentiate(Wish.BOTH, rows, images, first, count, gradient);
        return;
      }
      float[] label = new float[gradient.length];
      float[] passing = new float[gradient.length];
      differentiate(Wish.LABEL, rows, images, first, count, label);
      differentiate(Wish.PASSING, rows, images, first, count, passing);
      int size = shape.size();
      for (int i = 0; i < count; i++) {
        pull.combine(lags[i], label, passing, (first + i) * size, size, gradient);
      }
    }

    private int target(int row) {
      return targets == null ? -1 : targets[row];
    }

    /** Turns the loss to one of the images that were run. */
    private JointLoss weigh(int[] rows, float[] images, int first, int image) {
      int row = rows[first + image];
      attack.turnTo(images, first, image);
      attack.joint.weigh(inputs.labels()[row], target(row));
      return attack.joint;
    }

    /** Adds the gradient of a wish. */
    private void differentiate(
        Wish wish, int[] rows, float[] images, int first, int count, float[] gradient) {
      float[][] cotangents = new float[members.size()][];
      for (int m = 0; m < cotangents.length; m++) {
        cotangents[m] = new float[count * attack.passesOf[m].length * classes()];
      }
      boolean[] pushes = new boolean[count];
      double[] lag = new double[count];
      int[] goals = new int[count];
      attack.maps.forget();
      for (int i = 0; i < count; i++) {
        JointLoss joint = weigh(rows, images, first, i);
        attack.cotangents(wish, cotangents, i);
        pushes[i] = joint.pushesLooks() && wish != Wish.LABEL;
        lag[i] = wish == Wish.BOTH ? joint.modelsLag() : 1;
        goals[i] = joint.target();
      }
      attack.backward(cotangents, gradient, first, count);
      for (int i = 0; i < count; i++) {
        if (pushes[i]) {
          pleaseLooks(images, (first + i) * shape.size(), goals[i], lag[i], gradient);
        }
      }
    }

    /**
     * Adds the gradient of the checks of pixels, made as large as the models': the two pull at the
     * same pixels on scales that have nothing to do with each other.
     */
    private void pleaseLooks(float[] images, int at, int target, double lag, float[] gradient) {
      int size = shape.size();
      float[] own = new float[size];
      for (int t = 0; t < attack.forms.size(); t++) {
        CheckForm form = attack.forms.get(t);
        form.look(images, at);
        form.backward(target, -attackPlan.terms().get(t).weight(), own, 0);
      }
      double models = 1e-30;
      double looks = 0;
      for (int i = 0; i < size; i++) {
        models += Math.abs(gradient[at + i]);
        looks += Math.abs(own[i]);
      }
      if (looks > 0) {
        for (int i = 0; i < size; i++) {
          gradient[at + i] = (float) (lag * gradient[at + i] / models + own[i] / looks);
        }
      }
    }

    /** Who passed in these draws has to pass in others, with all passes of the policy. */
    private void confirm(int[] rows, float[] images, Answers into) {
      for (int k = 0; k < CONFIRMATIONS; k++) {
        int[] candidates = new int[rows.length];
        int found = 0;
        for (int i = 0; i < rows.length; i++) {
          if (into.success()[i]) {
            candidates[found++] = i;
          }
        }
        int size = shape.size();
        int chunk = full.chunk();
        for (int first = 0; first < found; first += chunk) {
          int count = Math.min(chunk, found - first);
          float[] some = new float[count * size];
          int[] someRows = new int[count];
          for (int i = 0; i < count; i++) {
            System.arraycopy(images, candidates[first + i] * size, some, i * size, size);
            someRows[i] = rows[candidates[first + i]];
          }
          full.run(some, 0, count, seeds(someRows, 0, count), false);
          for (int i = 0; i < count; i++) {
            full.turnTo(some, 0, i);
            boolean accepted = full.joint.accepts(false);
            int row = someRows[i];
            into.success()[candidates[first + i]] =
                accepted && loss.reached(full.joint.label(), inputs.labels()[row], target(row));
          }
        }
      }
    }
  }

  /** The twin's verdict on one image in the draws of one seed: the label and the score. */
  double[] labelAndScore(float[] image, long inspection) {
    Runner runner = new Runner(fullPlan);
    runner.run(image, 0, 1, new long[] {inspection}, false);
    runner.turnTo(image, 0, 0);
    runner.joint.weigh(-1, -1);
    int label = runner.joint.label();
    return new double[] {label, runner.joint.score(label)};
  }
}
