package io.stopline.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class EvolutionSearchTest {

  private static final int DIMENSIONS = 6;

  /** Vectors in the unit cube. */
  private static final class Cube implements SearchSpace {
    @Override
    public double[] random(RandomStream random) {
      double[] v = new double[DIMENSIONS];
      for (int i = 0; i < DIMENSIONS; i++) {
        v[i] = random.nextDouble();
      }
      return v;
    }

    @Override
    public double[] change(double[] from, double step, RandomStream random) {
      double[] v = from.clone();
      for (int i = 0; i < DIMENSIONS; i++) {
        v[i] = Math.max(0, Math.min(1, v[i] + 0.2 * step * random.nextGaussian()));
      }
      return v;
    }

    @Override
    public double[] cross(double[] a, double[] b, RandomStream random) {
      double[] v = a.clone();
      for (int i = 0; i < DIMENSIONS; i++) {
        v[i] = random.nextInt(2) == 0 ? a[i] : b[i];
      }
      return v;
    }
  }

  /** Fooled within a small ball that a sample's noise moves about; far away it looks all alike. */
  private static final class Ball implements ScoreTarget {
    final double radius;
    final AtomicLong asked = new AtomicLong();
    final AtomicInteger open = new AtomicInteger();
    final Set<Long> samples = ConcurrentHashMap.newKeySet();

    Ball(double radius) {
      this.radius = radius;
    }

    @Override
    public Session open() {
      open.incrementAndGet();
      return new Session() {
        private double[] now = new double[0];

        @Override
        public void present(double[] parameters) {
          now = parameters.clone();
        }

        @Override
        public Answer ask(long sample) {
          asked.incrementAndGet();
          samples.add(sample);
          RandomStream noise = new RandomStream(RandomStream.derive(5, sample));
          double square = 0;
          for (double v : now) {
            double d = v - 0.7 + 0.03 * noise.nextGaussian();
            square += d * d;
          }
          double margin = Math.min(1, Math.sqrt(square) - radius);
          return new Answer(margin, margin < 0);
        }

        @Override
        public void close() {
          open.decrementAndGet();
        }
      };
    }
  }

  private static SearchSettings settings(long queries, int threads) {
    return new SearchSettings(queries, 40, 5, 10, 16, 32, 0.95, threads);
  }

  private static SearchResult search(Ball ball, SearchSettings settings, long seed) {
    return new EvolutionSearch(new Cube(), ball, settings, SearchProgress.none())
        .search(List.of(), seed);
  }

  @Property(tries = 10)
  void findsTheBallAndStopsEarly(@ForAll long seed) {
    Ball ball = new Ball(0.2);
    SearchResult found = search(ball, settings(20_000, 1), seed);
    assertThat(found.fooledShare()).isGreaterThanOrEqualTo(0.95);
    assertThat(found.freshSamples()).isEqualTo(32);
    assertThat(found.queries()).isEqualTo(ball.asked.get()).isLessThan(15_000);
    assertThat(ball.open).hasValue(0);
  }

  @Property(tries = 20)
  void neverAsksMoreThanItsBudget(@ForAll @IntRange(min = 100, max = 900) int queries) {
    // A ball that no vector can be in.
    Ball ball = new Ball(-1);
    SearchResult found = search(ball, settings(queries, 2), 3);
    assertThat(ball.asked.get()).isLessThanOrEqualTo(queries).isEqualTo(found.queries());
    assertThat(found.fooledShare()).isZero();
    assertThat(ball.open).hasValue(0);
  }

  /** Takes its time with each question, and notes if it is closed in the midst of one. */
  private static final class Slow implements ScoreTarget {
    final CountDownLatch begun = new CountDownLatch(1);
    final AtomicBoolean closedWhileAsked = new AtomicBoolean();

    @Override
    public Session open() {
      AtomicBoolean asked = new AtomicBoolean();
      return new Session() {
        @Override
        public void present(double[] parameters) {}

        @Override
        public Answer ask(long sample) {
          asked.set(true);
          begun.countDown();
          long end = System.nanoTime() + 50_000_000;
          while (System.nanoTime() < end) {
            Thread.onSpinWait();
          }
          asked.set(false);
          return new Answer(1, false);
        }

        @Override
        public void close() {
          closedWhileAsked.compareAndSet(false, asked.get());
        }
      };
    }
  }

  /** A model that is freed while it runs takes the whole process with it. */
  @Test
  void anInterruptedSearchClosesNothingThatIsStillAsked() throws InterruptedException {
    Slow slow = new Slow();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread searching =
        new Thread(
            () -> {
              try {
                new EvolutionSearch(new Cube(), slow, settings(4000, 2), SearchProgress.none())
                    .search(List.of(), 8);
              } catch (IllegalStateException e) {
                failure.set(e);
              }
            });
    searching.start();
    assertThat(slow.begun.await(60, TimeUnit.SECONDS)).isTrue();
    searching.interrupt();
    searching.join(60_000);
    assertThat(searching.isAlive()).isFalse();
    assertThat(failure.get()).hasMessageContaining("interrupted");
    assertThat(slow.closedWhileAsked).isFalse();
  }

  @Test
  void theThreadsDoNotChangeTheResult() {
    SearchResult one = search(new Ball(0.15), settings(4000, 1), 8);
    SearchResult three = search(new Ball(0.15), settings(4000, 3), 8);
    assertThat(three).isEqualTo(one);
    assertThat(search(new Ball(0.15), settings(4000, 1), 9).parameters())
        .isNotEqualTo(one.parameters());
  }

  @Test
  void aGoodStartIsKeptAndJudgedOnSamplesThatItWasNotChosenBy() {
    Ball ball = new Ball(0.3);
    double[] middle = {0.7, 0.7, 0.7, 0.7, 0.7, 0.7};
    SearchResult found =
        new EvolutionSearch(new Cube(), ball, settings(5000, 1), SearchProgress.none())
            .search(List.of(middle), 1);
    assertThat(found.fooledShare()).isEqualTo(1);
    assertThat(found.queries()).isLessThan(1500);
    // 16 samples to choose by, 32 to judge by.
    assertThat(ball.samples).hasSize(48);
  }

  @Test
  void progressNeverGoesBackAndEndsWithinTheBudget() {
    List<Long> queries = new ArrayList<>();
    new EvolutionSearch(
            new Cube(), new Ball(-1), settings(3000, 1), step -> queries.add(step.queries()))
        .search(List.of(), 1);
    assertThat(queries).isSorted().hasSizeGreaterThan(5).allMatch(q -> q <= 3000);
  }

  @Test
  void whatTheTargetThrowsComesOutAndSessionsAreClosed() {
    AtomicInteger open = new AtomicInteger();
    ScoreTarget broken =
        () -> {
          open.incrementAndGet();
          return new ScoreTarget.Session() {
            @Override
            public void present(double[] parameters) {}

            @Override
            public ScoreTarget.Answer ask(long sample) {
              throw new IllegalArgumentException("no such view");
            }

            @Override
            public void close() {
              open.decrementAndGet();
            }
          };
        };
    assertThatThrownBy(
            () ->
                new EvolutionSearch(new Cube(), broken, settings(500, 2), SearchProgress.none())
                    .search(List.of(), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such view");
    assertThat(open).hasValue(0);
  }

  @Test
  void settingsAndThreatModelsRefuseWhatMakesNoSense() {
    assertThatThrownBy(() -> new SearchSettings(10, 40, 5, 10, 16, 32, 0.95, 1))
        .hasMessageContaining("queries is 10; it must be at least 100");
    assertThatThrownBy(() -> new SearchSettings(1000, 40, 5, 10, 16, 32, 1.5, 1))
        .hasMessageContaining("enough is 1.5");
    assertThatThrownBy(() -> new ThreatModel.Area(0, 100, 1)).hasMessageContaining("areaShare");
    assertThat(
            new ThreatModel(
                    ThreatModel.Goal.UNTARGETED,
                    ThreatModel.Knowledge.SCORE_QUERIES,
                    ThreatModel.GuardKnowledge.NONE,
                    ThreatModel.Capability.STICKERS,
                    new ThreatModel.Area(0.15, 30_000, 32))
                .describe())
        .isEqualTo(
            "untargeted, score queries of the bare models, not knowing the guard, stickers on at"
                + " most 15 % of the sign, 30000 queries, 32 draws a candidate");
  }
}
