package io.stopline.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Attacks that look for the smallest change, where the smallest is known. */
final class MinimalChangeTest {

  private final Linear linear = Linear.random(Batches.small(), 4, 3);
  private final Linear two = Linear.random(Batches.small(), 2, 3);
  private final Inputs inputs = Batches.grey(linear, 30, 4);

  /** Distance to the nearest of the hyperplanes; the box is too far away to matter. */
  private double exact(Linear model, Inputs some, int row, Norm norm) {
    int classes = model.classes();
    float[] logits = new float[classes];
    model.logits(Batches.image(some, some.images(), row), 1, logits);
    int label = some.labels()[row];
    double nearest = Double.POSITIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      double sum = 0;
      for (int i = 0; i < model.shape.size() && k != label; i++) {
        double w = (double) model.weights[k][i] - model.weights[label][i];
        sum += norm == Norm.LINF ? Math.abs(w) : w * w;
      }
      if (k != label) {
        double dual = norm == Norm.LINF ? sum : Math.sqrt(sum);
        nearest = Math.min(nearest, ((double) logits[label] - logits[k]) / dual);
      }
    }
    return nearest;
  }

  private void findsTheSmallestChange(
      Linear model, String attack, Norm norm, double over, String... more) {
    Map<String, String> options = new HashMap<>(Map.of("eps", "inf"));
    if (norm != Norm.L2 || !attack.equals("cw")) {
      options.put("norm", norm == Norm.L2 ? "l2" : "linf");
    }
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    Inputs some = Batches.grey(model, 30, 4);
    Attack.Outcome outcome =
        Attacks.make(attack, options).attack(ModelVictim.of(model), some, Run.of(1));

    for (int row = 0; row < some.count(); row++) {
      double distance =
          PixelBudget.distance(
              norm,
              some.images(),
              row * model.shape.size(),
              outcome.images(),
              row * model.shape.size(),
              model.shape);
      assertThat(outcome.success()[row]).isTrue();
      assertThat(distance)
          .isBetween(
              exact(model, some, row, norm) - 1e-6,
              over * exact(model, some, row, norm) + (attack.equals("cw") ? 2e-3 : 1e-5));
    }
  }

  @Test
  void fastAdaptiveBoundaryFindsTheDistanceToTheHyperplane() {
    findsTheSmallestChange(linear, "fab", Norm.LINF, 1.01);
    findsTheSmallestChange(linear, "fab", Norm.L2, 1.01);
    findsTheSmallestChange(linear, "fab-t", Norm.LINF, 1.01);
    findsTheSmallestChange(linear, "fab-t", Norm.L2, 1.01);
  }

  @Test
  void deepFoolFindsTheDistanceToTheHyperplane() {
    findsTheSmallestChange(linear, "deepfool", Norm.LINF, 1.03);
    findsTheSmallestChange(linear, "deepfool", Norm.L2, 1.03);
  }

  @Test
  void carliniAndWagnerFindTheDistanceToTheHyperplane() {
    // With one other class: among several it follows the likeliest, not the nearest.
    findsTheSmallestChange(two, "cw", Norm.L2, 1.1);
    findsTheSmallestChange(
        two, "cw", Norm.L2, 1.02, "learning-rate", "0.002", "steps", "1000", "searches", "9");
  }

  @Test
  void successIsWhatIsWithinEpsilonAndNothingElseIsGivenBack() {
    double[] sorted = new double[inputs.count()];
    for (int row = 0; row < sorted.length; row++) {
      sorted[row] = exact(linear, inputs, row, Norm.L2);
    }
    Arrays.sort(sorted);
    double epsilon = (sorted[14] + sorted[15]) / 2;
    for (String name : new String[] {"fab", "fab-t", "deepfool", "cw"}) {
      Map<String, String> options = new HashMap<>(Map.of("eps", Double.toString(epsilon)));
      if (!name.equals("cw")) {
        options.put("norm", "l2");
      }
      Attack.Outcome outcome =
          Attacks.make(name, options).attack(ModelVictim.of(linear), inputs, Run.of(1));

      new PixelBudget(Norm.L2, epsilon, false).assertWithin(inputs, outcome.images());
      for (int row = 0; row < inputs.count(); row++) {
        double exact = exact(linear, inputs, row, Norm.L2);
        if (exact > epsilon || exact < 0.9 * epsilon) {
          assertThat(outcome.success()[row]).as(name + " " + row).isEqualTo(exact <= epsilon);
        }
        if (!outcome.success()[row]) {
          assertThat(Batches.image(inputs, outcome.images(), row))
              .containsExactly(Batches.image(inputs, inputs.images(), row));
        }
      }
    }
  }

  @Test
  void aResultDependsOnNothingButSeedIdAndImage() {
    Perceptron model = new Perceptron(Batches.small(), 24, 6, 8);
    Inputs all = Batches.levels(model, 12, 9);
    int[] some = {7, 2, 10};
    for (String name : new String[] {"fab", "fab-t", "deepfool", "cw", "sparse-l0"}) {
      Attack attack =
          Attacks.make(
              name,
              name.equals("sparse-l0")
                  ? Map.of("eps", "3", "steps", "60")
                  : Map.of("eps", "0.2", "rounding", "true", "steps", "20"));
      Attack.Outcome together = attack.attack(ModelVictim.of(model), all, Run.of(5));
      Attack.Outcome apart = attack.attack(ModelVictim.of(model), all.rows(some), Run.of(5));
      for (int i = 0; i < some.length; i++) {
        assertThat(Batches.image(all, apart.images(), i))
            .as(name)
            .containsExactly(Batches.image(all, together.images(), some[i]));
      }
    }
  }

  @Test
  void roundedSuccessesAreSuccessesAsRounded() {
    Perceptron model = new Perceptron(Batches.small(), 24, 6, 8);
    Inputs levels = Batches.levels(model, 40, 9);
    for (String name : new String[] {"fab-t", "deepfool", "cw", "sparse-l0"}) {
      Norm norm = name.equals("cw") ? Norm.L2 : name.equals("sparse-l0") ? Norm.L0 : Norm.LINF;
      double epsilon = norm == Norm.L0 ? 6 : norm == Norm.L2 ? 0.4 : 8.0 / 255;
      Attack.Outcome outcome =
          Attacks.make(
                  name, Map.of("eps", Double.toString(epsilon), "rounding", "true", "steps", "100"))
              .attack(ModelVictim.of(model), levels, Run.of(1));

      new PixelBudget(norm, epsilon, true).assertWithin(levels, outcome.images());
      int[] answers = Batches.labelled(model, outcome.images(), 40).labels();
      int fallen = 0;
      for (int row = 0; row < 40; row++) {
        assertThat(outcome.success()[row]).isEqualTo(answers[row] != levels.labels()[row]);
        fallen += outcome.success()[row] ? 1 : 0;
      }
      assertThat(fallen).as(name).isGreaterThan(5);
    }
  }

  /** One pixel decides a class: the sparse attack must find it, and need no other. */
  @Test
  void theSparseAttackFindsTheOnePixelThatDecides() {
    ImageShape shape = new ImageShape(4, 4, 3);
    float[][] weights = new float[2][shape.size()];
    for (int i = 0; i < shape.size(); i++) {
      weights[1][i] = 0.1f;
    }
    weights[1][21] = 20;
    Linear model = new Linear(shape, weights, new float[] {12, 0});
    float[] images = new float[2 * shape.size()];
    Arrays.fill(images, 0.2f);
    Inputs two = Batches.labelled(model, images, 2);

    Attack.Outcome outcome =
        Attacks.make("sparse-l0", Map.of("eps", "inf", "steps", "300"))
            .attack(ModelVictim.of(model), two, Run.of(1));

    for (int row = 0; row < 2; row++) {
      assertThat(outcome.success()[row]).isTrue();
      assertThat(
              PixelBudget.distance(
                  Norm.L0,
                  two.images(),
                  row * shape.size(),
                  outcome.images(),
                  row * shape.size(),
                  shape))
          .isEqualTo(1);
      assertThat(outcome.images()[row * shape.size() + 21]).isGreaterThan(0.2f);
    }
  }

  @Property(tries = 300)
  void theProjectionOntoABoundaryIsExactAndShortest(@ForAll long seed, @ForAll boolean euclidean) {
    RandomStream random = new RandomStream(seed);
    Norm norm = euclidean ? Norm.L2 : Norm.LINF;
    int size = 12;
    float[] point = new float[size];
    float[] w = new float[size];
    double reach = 0;
    double need = random.nextGaussian();
    for (int i = 0; i < size; i++) {
      point[i] = (float) random.nextDouble();
      w[i] = random.nextInt(5) == 0 ? 0 : (float) random.nextGaussian();
      reach += Math.abs(w[i]) * (w[i] > 0 == need > 0 ? 1 - point[i] : point[i]);
    }
    float[] change = new float[size];

    double length = Boundary.project(norm, point, 0, w, 0, size, need, change);

    double gained = 0;
    for (int i = 0; i < size; i++) {
      gained += (double) w[i] * change[i];
      assertThat(point[i] + change[i]).isBetween(-1e-6f, 1 + 1e-6f);
    }
    assertThat(Math.abs(gained)).isCloseTo(Math.min(Math.abs(need), reach), within(1e-5));
    // No random change that gets as far is shorter.
    for (int trial = 0; trial < 50; trial++) {
      double got = 0;
      double long2 = 0;
      double longest = 0;
      for (int i = 0; i < size; i++) {
        double d = change[i] + 0.3 * random.nextGaussian();
        d = Math.min(1 - point[i], Math.max(-point[i], d));
        got += w[i] * d * Math.signum(need);
        long2 += d * d;
        longest = Math.max(longest, Math.abs(d));
      }
      if (got >= Math.abs(need)) {
        assertThat(euclidean ? Math.sqrt(long2) : longest).isGreaterThan(length - 1e-6);
      }
    }
  }
}
