package io.stopline.attacks.physical;

import io.stopline.attacks.Run;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for parameters that succeed in as many viewing conditions as can be: first a particle swarm
 * without gradients (as Zhong et al. 2022 place shadows), then Adam on the mean loss over fresh
 * conditions at every step (Athalye et al. 2018). What is kept is chosen by conditions of its own.
 * Belongs to one thread.
 */
final class PhysicalSearch {

  /** Clerc and Kennedy 2002. */
  private static final double INERTIA = 0.7298;

  private static final double PULL = 1.49618;

  private static final double ADAM_MEAN = 0.9;
  private static final double ADAM_SQUARE = 0.99;
  private static final double ADAM_SMALL = 1e-8;

  /** Adam's steps shrink to this share at the end. */
  private static final double LAST_RATE = 0.1;

  /** Inputs that share one candidate are looked at in at least this many pairs a step. */
  private static final int PAIRS = 32;

  private final Rehearsal rehearsal;
  private final Painter painter;
  private final SearchPlan plan;

  PhysicalSearch(Rehearsal rehearsal, Painter painter, SearchPlan plan) {
    this.rehearsal = rehearsal;
    this.painter = painter;
    this.plan = plan;
  }

  /** Inputs that share one candidate, what was found for them, and where their search stands. */
  static final class Group {
    private final int[] rows;
    private final RandomStream random;
    private final long judgeSeed;
    private final double[] best;
    private double bestShare = -1;
    private double bestLoss = Double.NEGATIVE_INFINITY;
    private boolean done;
    private final List<double[]> starts = new ArrayList<>();

    /**
     * @param rows of the batch
     * @param seed of all draws of the search
     */
    Group(int[] rows, long seed, int parameters) {
      this.rows = rows;
      this.random = new RandomStream(RandomStream.derive(seed, 1));
      this.judgeSeed = RandomStream.derive(seed, 2);
      this.best = new double[parameters];
    }

    /** What was found. */
    double[] best() {
      return best;
    }
  }

  /** Searches for all groups; each then has its best. */
  void search(List<Group> groups, Run run) {
    List<Group> active = new ArrayList<>(groups);
    double swarming = plan.steps() == 0 ? 1 : plan.population() > 1 ? 0.3 : 0.0;
    swarm(active, run, swarming);
    for (int restart = 0; restart < plan.restarts() && plan.steps() > 0; restart++) {
      active.removeIf(g -> g.done);
      if (active.isEmpty() || run.cancelled().getAsBoolean()) {
        break;
      }
      climb(
          active,
          run,
          restart,
          swarming + (1 - swarming) * restart / plan.restarts(),
          (1 - swarming) / plan.restarts());
    }
    run.progress().accept(1);
  }

  /** Leaves each group the population's best places, the best first, as starts of a climb. */
  private void swarm(List<Group> groups, Run run, double share) {
    int size = plan.population();
    int n = painter.parameters();
    for (Group g : groups) {
      for (int i = 0; i < Math.max(size, plan.restarts()); i++) {
        double[] theta = new double[n];
        painter.start(theta, g.random);
        painter.project(theta);
        g.starts.add(theta);
      }
    }
    if (size > 1) {
      List<Swarm> swarms = new ArrayList<>();
      for (Group g : groups) {
        swarms.add(new Swarm(g, g.starts.subList(0, size)));
      }
      for (int generation = 0; generation <= plan.generations(); generation++) {
        if (run.cancelled().getAsBoolean()) {
          break;
        }
        compare(swarms);
        for (Swarm s : swarms) {
          s.remember();
          if (generation < plan.generations()) {
            s.move();
          }
        }
        // A swarm that succeeds in all its conditions is asked whether that holds elsewhere.
        if (generation % 4 == 3) {
          List<Swarm> sure = swarms.stream().filter(Swarm::succeeds).toList();
          judge(sure.stream().map(s -> s.group).toList(), sure.stream().map(Swarm::best).toList());
          swarms.removeIf(s -> s.group.done);
        }
        run.progress().accept(share * (generation + 1) / (plan.generations() + 1));
      }
      for (Swarm s : swarms) {
        s.group.starts.clear();
        s.group.starts.addAll(s.sorted());
      }
    }
    List<Group> left = groups.stream().filter(g -> !g.done).toList();
    judge(left, left.stream().map(g -> g.starts.get(0)).toList());
  }

  /** Looks at all candidates of all swarms, each swarm's under the same conditions. */
  private void compare(List<Swarm> swarms) {
    int size = plan.population();
    Looks looks = Looks.room(swarms.size() * size);
    for (int s = 0; s < swarms.size(); s++) {
      Group g = swarms.get(s).group;
      RandomStream random = new RandomStream(swarms.get(s).seed);
      int pairs = pairs(g, SearchPlan.COMPARED);
      for (int k = 0; k < pairs; k++) {
        int row = row(g, pairs, k, random);
        View view = plan.viewing().draw(random);
        long place = random.nextLong();
        for (int i = 0; i < size; i++) {
          rehearsal.add(row, swarms.get(s).at[i], view, place, s * size + i);
        }
      }
    }
    rehearsal.look(looks);
    for (int s = 0; s < swarms.size(); s++) {
      for (int i = 0; i < size; i++) {
        int slot = s * size + i;
        swarms.get(s).loss[i] = looks.meanLoss(slot) - painter.penalty(swarms.get(s).at[i], null);
        swarms.get(s).share[i] = looks.successShare(slot);
      }
    }
  }

  /** How many looks a group gets, where one input would get {@code draws}. */
  private static int pairs(Group g, int draws) {
    return g.rows.length == 1 ? draws : Math.max(draws, PAIRS);
  }

  /** Every input in turn where there are few, else some at random. */
  private static int row(Group g, int pairs, int k, RandomStream random) {
    if (g.rows.length == 1) {
      return g.rows[0];
    }
    return g.rows.length <= pairs
        ? g.rows[k % g.rows.length]
        : g.rows[random.nextInt(g.rows.length)];
  }

  private final class Swarm {
    private final Group group;
    private final long seed;
    private final double[][] at;
    private final double[][] speed;
    private final double[][] own;
    private final double[] ownLoss;
    private final double[] ownShare;
    private final double[] loss;
    private final double[] share;

    Swarm(Group group, List<double[]> starts) {
      this.group = group;
      this.seed = group.random.nextLong();
      int size = starts.size();
      this.at = starts.toArray(double[][]::new);
      this.own = new double[size][];
      this.speed = new double[size][painter.parameters()];
      this.loss = new double[size];
      this.share = new double[size];
      this.ownLoss = new double[size];
      this.ownShare = new double[size];
      for (int i = 0; i < size; i++) {
        own[i] = at[i].clone();
        ownLoss[i] = Double.NEGATIVE_INFINITY;
      }
    }

    void remember() {
      for (int i = 0; i < at.length; i++) {
        if (loss[i] > ownLoss[i]) {
          ownLoss[i] = loss[i];
          ownShare[i] = share[i];
          System.arraycopy(at[i], 0, own[i], 0, at[i].length);
        }
      }
    }

    void move() {
      double[] best = best();
      for (int i = 0; i < at.length; i++) {
        for (int j = 0; j < at[i].length; j++) {
          speed[i][j] =
              INERTIA * speed[i][j]
                  + PULL * group.random.nextDouble() * (own[i][j] - at[i][j])
                  + PULL * group.random.nextDouble() * (best[j] - at[i][j]);
          at[i][j] += speed[i][j];
        }
        painter.project(at[i]);
      }
    }

    double[] best() {
      return own[leader()];
    }

    boolean succeeds() {
      return ownShare[leader()] >= 1;
    }

    private int leader() {
      int leader = 0;
      for (int i = 1; i < at.length; i++) {
        leader = ownLoss[i] > ownLoss[leader] ? i : leader;
      }
      return leader;
    }

    List<double[]> sorted() {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < at.length; i++) {
        order.add(i);
      }
      order.sort((a, b) -> Double.compare(ownLoss[b], ownLoss[a]));
      return order.stream().map(i -> own[i]).toList();
    }
  }

  private void climb(List<Group> groups, Run run, int restart, double from, double share) {
    int n = painter.parameters();
    List<Climb> climbs = new ArrayList<>();
    for (Group g : groups) {
      climbs.add(new Climb(g, g.starts.get(Math.min(restart, g.starts.size() - 1)), n));
    }
    int checked = Math.max(1, plan.steps() / SearchPlan.CHECKPOINTS);
    for (int step = 1; step <= plan.steps() && !climbs.isEmpty(); step++) {
      Looks looks = Looks.withGradients(climbs.size(), n);
      for (int i = 0; i < climbs.size(); i++) {
        Group g = climbs.get(i).group;
        int pairs = pairs(g, plan.draws());
        for (int k = 0; k < pairs; k++) {
          int row = row(g, pairs, k, g.random);
          View view = plan.viewing().draw(g.random);
          rehearsal.add(row, climbs.get(i).at, view, g.random.nextLong(), i);
        }
      }
      rehearsal.look(looks);
      double[][] gradients = looks.gradient();
      if (gradients == null) {
        throw new AssertionError("room for gradients was asked for");
      }
      double done = (step - 1.0) / plan.steps();
      double rate =
          plan.rate() * (LAST_RATE + (1 - LAST_RATE) * (1 + Math.cos(Math.PI * done)) / 2);
      for (int i = 0; i < climbs.size(); i++) {
        climbs.get(i).step(gradients[i], looks.looks()[i], rate, step);
      }
      if (step % checked == 0 || step == plan.steps()) {
        judge(climbs.stream().map(c -> c.group).toList(), climbs.stream().map(c -> c.at).toList());
        climbs.removeIf(c -> c.group.done);
      }
      run.progress().accept(from + share * step / plan.steps());
      if (run.cancelled().getAsBoolean()) {
        return;
      }
    }
  }

  private final class Climb {
    private final Group group;
    private final double[] at;
    private final double[] mean;
    private final double[] square;

    Climb(Group group, double[] start, int n) {
      this.group = group;
      this.at = start.clone();
      this.mean = new double[n];
      this.square = new double[n];
    }

    void step(double[] gradient, int looks, double rate, int step) {
      for (int i = 0; i < gradient.length; i++) {
        // A victim whose gradients overflow leaves a step without direction, not a ruined
        // candidate.
        gradient[i] = Double.isFinite(gradient[i]) ? gradient[i] / looks : 0;
      }
      painter.penalty(at, gradient);
      double meanBias = 1 - Math.pow(ADAM_MEAN, step);
      double squareBias = 1 - Math.pow(ADAM_SQUARE, step);
      for (int i = 0; i < at.length; i++) {
        mean[i] = ADAM_MEAN * mean[i] + (1 - ADAM_MEAN) * gradient[i];
        square[i] = ADAM_SQUARE * square[i] + (1 - ADAM_SQUARE) * gradient[i] * gradient[i];
        at[i] += rate * (mean[i] / meanBias) / (Math.sqrt(square[i] / squareBias) + ADAM_SMALL);
      }
      painter.project(at);
    }
  }

  /** Keeps what does better than the best so far, under the group's judging conditions. */
  private void judge(List<Group> groups, List<double[]> candidates) {
    Looks plain = Looks.room(groups.size());
    Looks viewed = Looks.room(groups.size());
    List<double[]> finished = new ArrayList<>();
    for (double[] candidate : candidates) {
      double[] theta = candidate.clone();
      painter.finish(theta);
      finished.add(theta);
    }
    // The same conditions and rows at each call, so that checkpoints can be compared.
    for (int i = 0; i < groups.size(); i++) {
      Group g = groups.get(i);
      RandomStream random = new RandomStream(g.judgeSeed);
      for (int k = 0; k < Math.min(g.rows.length, 2 * PAIRS); k++) {
        rehearsal.add(g.rows[k], finished.get(i), null, random.nextLong(), i);
      }
    }
    rehearsal.look(plain);
    for (int i = 0; i < groups.size(); i++) {
      Group g = groups.get(i);
      RandomStream random = new RandomStream(RandomStream.derive(g.judgeSeed, 1));
      int pairs = g.rows.length == 1 ? plan.judge() : Math.max(plan.judge(), 2 * PAIRS);
      for (int k = 0; k < pairs; k++) {
        View view = plan.viewing().draw(random);
        rehearsal.add(g.rows[k % g.rows.length], finished.get(i), view, random.nextLong(), i);
      }
    }
    rehearsal.look(viewed);
    for (int i = 0; i < groups.size(); i++) {
      Group g = groups.get(i);
      // A candidate that does not succeed as it is is no success, whatever its views say.
      double share = plain.successShare(i) + viewed.successShare(i);
      double loss = plain.meanLoss(i) + viewed.meanLoss(i);
      if (share > g.bestShare || (share == g.bestShare && loss > g.bestLoss)) {
        g.bestShare = share;
        g.bestLoss = loss;
        System.arraycopy(finished.get(i), 0, g.best, 0, g.best.length);
      }
      g.done =
          g.rows.length == 1
              && plain.successShare(i) >= 1
              && viewed.successShare(i) >= plan.enough();
    }
  }
}
