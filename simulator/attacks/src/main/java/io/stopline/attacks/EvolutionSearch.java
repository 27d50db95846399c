package io.stopline.attacks;

import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A score-based search for parameters that fool a target over many samples: no gradients, queries
 * only.
 *
 * <p>A start population is thinned by successive halving (Jamieson and Talwalkar 2016): every
 * vector is asked about a few samples, the better half of them about twice as many, and so on. Then
 * a (μ + λ) evolution strategy changes and crosses the survivors; a child that does badly on its
 * first samples is asked no further. From time to time the best one is judged on <i>fresh</i>
 * samples, by which nothing was chosen: if it fools enough of them, the search ends; else those
 * samples join the ones that the search sees, and the oldest leave. Such searches for physical
 * alterations are those of Wei et al. 2022 ("Adversarial Sticker", positions by evolution) and
 * Zhong et al. 2022 (shadows, by particle swarm); the robustness over samples follows Eykholt et
 * al. 2018 (RP2) and Athalye et al. 2018 (EOT).
 *
 * <p>Deterministic: the same space, target, settings and seed find the same vector after the same
 * number of queries, for any number of threads. Belongs to one thread, which waits for its own.
 */
public final class EvolutionSearch {

  /** A sample fooled by more than this counts no better: the search turns to the others. */
  private static final double CONFIDENT = -0.35;

  /** Samples that a vector is asked about first. */
  private static final int FIRST_SAMPLES = 4;

  /** Samples that a child is asked about before it is compared. */
  private static final int TRIAL_SAMPLES = 8;

  /** Worse than the worst parent by this much after a trial, and a child is dropped. */
  private static final double SLACK = 0.05;

  /** Generations between judgements on fresh samples, while nothing looks finished. */
  private static final int PATIENCE = 8;

  private final SearchSpace space;
  private final ScoreTarget target;
  private final SearchSettings settings;
  private final SearchProgress progress;

  /** What is being searched with: a vector and what it got for each sample of the window. */
  private static final class Candidate {
    final double[] parameters;

    /** By place in the window of samples; NaN where not asked. */
    final double[] losses;

    final boolean[] fooled;

    Candidate(double[] parameters, int samples) {
      this.parameters = parameters;
      this.losses = new double[samples];
      this.fooled = new boolean[samples];
      Arrays.fill(losses, Double.NaN);
    }

    /** Mean over the first so many samples. */
    double loss(int samples) {
      double sum = 0;
      int n = 0;
      for (int i = 0; i < samples; i++) {
        if (!Double.isNaN(losses[i])) {
          sum += losses[i];
          n++;
        }
      }
      return n == 0 ? Double.POSITIVE_INFINITY : sum / n;
    }

    double fooledShare() {
      int n = 0;
      for (boolean f : fooled) {
        n += f ? 1 : 0;
      }
      return n / (double) fooled.length;
    }
  }

  /** A vector to be asked about samples of the window from one place to another. */
  private record Task(Candidate candidate, int from, int to) {}

  /**
   * A search.
   *
   * @param progress is told of each step, on the caller's thread
   */
  public EvolutionSearch(
      SearchSpace space, ScoreTarget target, SearchSettings settings, SearchProgress progress) {
    this.space = space;
    this.target = target;
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Searches.
   *
   * @param start vectors to begin with beside random ones, such as what worked elsewhere
   * @param seed of every random draw of the search; what samples are is the target's own affair
   * @throws RuntimeException the first one that the target threw
   */
  public SearchResult search(List<double[]> start, long seed) {
    try (Asking asking = new Asking()) {
      return new Run(asking, seed).run(start);
    }
  }

  private final class Run {
    private final Asking asking;
    private final RandomStream random;
    private final int window = settings.samples();
    private final long[] samples = new long[window];
    private long nextSample;
    private List<Candidate> parents = new ArrayList<>();
    private double step = 1;

    Run(Asking asking, long seed) {
      this.asking = asking;
      this.random = new RandomStream(RandomStream.derive(seed, 0x5ea7c4));
      for (int i = 0; i < window; i++) {
        samples[i] = nextSample++;
      }
    }

    SearchResult run(List<double[]> start) {
      begin(start);
      int generation = 0;
      int sinceJudged = 0;
      Candidate best = parents.get(0);
      SearchResult result = result(best, 0, 0);
      while (asking.left() > 0) {
        long before = asking.asked;
        generation++;
        sinceJudged++;
        boolean better = generation(best);
        best = parents.get(0);
        if (asking.asked == before) {
          // What is left does not pay for one trial.
          break;
        }
        // Success is rare at first, then steps become small (Rechenberg's 1/5 rule in spirit).
        step = Math.max(0.08, Math.min(1, step * (better ? 1.1 : 0.93)));
        boolean ripe = best.fooledShare() >= settings.enough();
        if ((ripe || sinceJudged >= PATIENCE) && asking.left() >= settings.freshSamples()) {
          sinceJudged = 0;
          SearchResult judged = judge(best);
          if (judged.isBetterThan(result)) {
            result = judged;
          }
          if (judged.fooledShare() >= settings.enough()) {
            break;
          }
          best = parents.get(0);
        }
        progress.at(
            new SearchProgress.Step(
                asking.asked,
                settings.queries(),
                best.loss(window),
                best.fooledShare(),
                result.fooledShare(),
                list(best.parameters)));
      }
      if (result.freshSamples() == 0) {
        result = result(best, 0, 0);
      }
      return result.withQueries(asking.asked, generation);
    }

    private void begin(List<double[]> start) {
      List<Candidate> population = new ArrayList<>();
      for (double[] s : start) {
        population.add(new Candidate(s.clone(), window));
      }
      for (int i = 0; i < settings.starts(); i++) {
        population.add(new Candidate(space.random(random), window));
      }
      int asked = 0;
      int more = Math.min(FIRST_SAMPLES, window);
      while (asked < window) {
        int from = asked;
        int to = Math.min(window, more);
        asking.all(population.stream().map(c -> new Task(c, from, to)).toList(), samples);
        asked = to;
        more *= 2;
        sort(population, to);
        int keep = Math.max(settings.parents(), population.size() / 2);
        population = new ArrayList<>(population.subList(0, Math.min(keep, population.size())));
        progress.at(
            new SearchProgress.Step(
                asking.asked,
                settings.queries(),
                population.get(0).loss(to),
                population.get(0).fooledShare(),
                0,
                list(population.get(0).parameters)));
      }
      parents =
          new ArrayList<>(population.subList(0, Math.min(settings.parents(), population.size())));
    }

    /** One generation; whether its best is better than the best before. */
    private boolean generation(Candidate before) {
      double had = before.loss(window);
      List<Candidate> children = new ArrayList<>();
      for (int i = 0; i < settings.children(); i++) {
        children.add(new Candidate(child(i), window));
      }
      int trial = Math.min(TRIAL_SAMPLES, window);
      shuffleWindow();
      asking.all(children.stream().map(c -> new Task(c, 0, trial)).toList(), samples);
      double worst =
          SLACK + parents.stream().mapToDouble(p -> p.loss(trial)).max().orElse(Double.MAX_VALUE);
      List<Candidate> promising = children.stream().filter(c -> c.loss(trial) <= worst).toList();
      asking.all(promising.stream().map(c -> new Task(c, trial, window)).toList(), samples);
      for (Candidate c : promising) {
        if (!Double.isNaN(c.losses[window - 1])) {
          parents.add(c);
        }
      }
      sort(parents, window);
      parents = new ArrayList<>(parents.subList(0, Math.min(settings.parents(), parents.size())));
      return parents.get(0).loss(window) < had;
    }

    private double[] child(int i) {
      // Ranks, not losses, decide who has children: the better half twice as often.
      int a = (int) (parents.size() * random.nextDouble() * random.nextDouble());
      double[] from = parents.get(a).parameters;
      if (i % 4 == 3 && parents.size() > 1) {
        int b = random.nextInt(parents.size());
        return space.change(
            space.cross(from, parents.get(b).parameters, random), 0.5 * step, random);
      }
      // Few steps are much coarser or finer than the present one, so that neither end is lost.
      double factor = StrictMath.exp(0.6 * random.nextGaussian());
      return space.change(from, Math.max(0.03, Math.min(1.5, step * factor)), random);
    }

    /** Another order of the samples, so that no child is dropped by the same few all the time. */
    private void shuffleWindow() {
      for (int i = window - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        long s = samples[i];
        samples[i] = samples[j];
        samples[j] = s;
        for (Candidate c : parents) {
          double l = c.losses[i];
          c.losses[i] = c.losses[j];
          c.losses[j] = l;
          boolean f = c.fooled[i];
          c.fooled[i] = c.fooled[j];
          c.fooled[j] = f;
        }
      }
    }

    /** Judges on samples that nothing was chosen by; they then join the window. */
    private SearchResult judge(Candidate best) {
      int n = settings.freshSamples();
      long[] fresh = new long[n];
      for (int i = 0; i < n; i++) {
        fresh[i] = nextSample++;
      }
      Candidate judged = new Candidate(best.parameters, n);
      asking.all(asking.spread(judged, n), fresh);
      SearchResult result = result(best, judged.fooledShare(), n);
      if (result.fooledShare() >= settings.enough()) {
        return result;
      }
      // What the search has seen least of comes first: the samples that the best one failed on.
      Integer[] order = new Integer[n];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, Comparator.comparingDouble(i -> -judged.losses[i]));
      int renewed = Math.min(n, window / 4);
      for (int i = 0; i < renewed; i++) {
        // Half hard ones, half any: hard ones alone would be another question.
        int from = i % 2 == 0 ? order[i / 2] : order[n - 1 - random.nextInt(n / 2)];
        int place = window - renewed + i;
        samples[place] = fresh[from];
        for (Candidate c : parents) {
          c.losses[place] = Double.NaN;
          c.fooled[place] = false;
        }
      }
      asking.all(
          parents.stream().map(c -> new Task(c, window - renewed, window)).toList(), samples);
      sort(parents, window);
      return result;
    }

    private SearchResult result(Candidate c, double fooledShare, int fresh) {
      return new SearchResult(
          list(c.parameters), c.loss(c.losses.length), fooledShare, fresh, asking.asked, 0);
    }

    private void sort(List<Candidate> candidates, int count) {
      candidates.sort(Comparator.comparingDouble(c -> c.loss(count)));
    }
  }

  private static List<Double> list(double[] v) {
    return Arrays.stream(v).boxed().toList();
  }

  /** Puts questions to the target on several threads, within the budget. */
  private final class Asking implements AutoCloseable {
    private final ExecutorService executor;
    private final List<ScoreTarget.Session> sessions = new ArrayList<>();
    private long asked;

    Asking() {
      executor = Executors.newFixedThreadPool(settings.threads());
    }

    long left() {
      return settings.queries() - asked;
    }

    /** Pieces of one candidate's samples, so that all threads have work. */
    List<Task> spread(Candidate c, int samples) {
      List<Task> tasks = new ArrayList<>();
      int piece = Math.max(1, (samples + settings.threads() - 1) / settings.threads());
      for (int from = 0; from < samples; from += piece) {
        tasks.add(new Task(c, from, Math.min(samples, from + piece)));
      }
      return tasks;
    }

    /** Asks; tasks for which the budget no longer suffices are left out whole, the last first. */
    void all(List<Task> wanted, long[] samples) {
      List<Task> tasks = new ArrayList<>();
      for (Task t : wanted) {
        int cost = t.to - t.from;
        if (cost > 0 && cost <= left()) {
          asked += cost;
          tasks.add(t);
        }
      }
      AtomicInteger next = new AtomicInteger();
      List<Future<?>> futures = new ArrayList<>();
      int threads = Math.min(settings.threads(), tasks.size());
      while (sessions.size() < threads) {
        sessions.add(target.open());
      }
      for (int k = 0; k < threads; k++) {
        ScoreTarget.Session session = sessions.get(k);
        futures.add(
            executor.submit(
                () -> {
                  int i = next.getAndIncrement();
                  while (i < tasks.size() && !Thread.currentThread().isInterrupted()) {
                    ask(session, tasks.get(i), samples);
                    i = next.getAndIncrement();
                  }
                }));
      }
      RuntimeException failure = null;
      for (Future<?> f : futures) {
        try {
          f.get();
        } catch (ExecutionException e) {
          failure =
              e.getCause() instanceof RuntimeException r
                  ? r
                  : new IllegalStateException("a query failed", e.getCause());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          failure = new IllegalStateException("interrupted while queries were out", e);
        }
      }
      if (failure != null) {
        throw failure;
      }
    }

    private static void ask(ScoreTarget.Session session, Task task, long[] samples) {
      Candidate c = task.candidate;
      session.present(c.parameters);
      for (int i = task.from; i < task.to; i++) {
        ScoreTarget.Answer answer = session.ask(samples[i]);
        c.losses[i] = Math.max(CONFIDENT, answer.margin());
        c.fooled[i] = answer.fooled();
      }
    }

    @Override
    public void close() {
      executor.shutdownNow();
      // What a session holds outside of Java may be freed only when nobody asks it any more.
      boolean interrupted = false;
      boolean ended = false;
      while (!ended) {
        try {
          ended = executor.awaitTermination(1, TimeUnit.HOURS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      sessions.forEach(ScoreTarget.Session::close);
    }
  }
}
