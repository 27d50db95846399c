package io.stopline.campaign.hardening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.gradient.AutoPgd;
import io.stopline.attacks.gradient.ProjectedGradient;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.campaign.hardening.TransferMatrix.Member;
import io.stopline.campaign.hardening.TransferMatrix.Result;
import io.stopline.campaign.robustness.Judge;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Models that look at one channel of one pixel each: who shares a channel falls together. */
final class TransferMatrixTest {

  private static final int COUNT = 230;

  /** Red is 0.03 from the boundary, green 0.2. */
  private static final double EPSILON = 0.05;

  private static final Attack PGD =
      ProjectedGradient.pgd(new PixelBudget(Norm.LINF, EPSILON, false), 8);

  private static Result measure(Attack attack, Member... members) {
    return new TransferMatrix(List.of(members), attack, 1)
        .measure(inputs(), share -> {}, () -> false);
  }

  @Test
  void whoSharesAWeaknessFallsTogether() {
    Member red = new Channel(0, 1).member("red");
    Member rose = new Channel(0, 5).member("rose");
    Member green = new Channel(1, 1).member("green");
    for (Attack attack :
        List.of(
            PGD,
            new AutoPgd(
                AutoPgd.Settings.standard(
                    AutoPgd.Variant.CROSS_ENTROPY,
                    new PixelBudget(Norm.LINF, EPSILON, false),
                    1)))) {
      Result same = measure(attack, red, rose);
      Result apart = measure(attack, red, green);
      Result three = measure(attack, red, rose, green);

      assertThat(same.attacked()).isEqualTo(COUNT);
      assertThat(same.meanTransferred()).isEqualTo(1);
      assertThat(same.meanCases()).isEqualTo(1);
      assertThat(apart.transferred(0, 1).count()).isZero();
      assertThat(apart.transferred(0, 1).of()).isEqualTo(COUNT);
      assertThat(three.transferred(0, 0).value()).isEqualTo(1);
      // Green never falls, so that nothing of it can be passed on: four pairs of six are left.
      assertThat(three.rows().get(2).fooled()).isZero();
      assertThat(three.meanTransferred()).isCloseTo(2 / 4.0, within(1e-9));
      // Its attacks' random starts flip some of the others all the same; those are cases.
      assertThat(three.cases(0, 2).count()).isZero();
      assertThat(three.cases(2, 0).value()).isLessThan(0.4);
      assertThat(three.meanCases())
          .isCloseTo((2 + three.cases(2, 0).value() + three.cases(2, 1).value()) / 6, within(1e-9));
    }
  }

  @Test
  void onlyWhatAllLabelRightIsAttacked() {
    Member red = new Channel(0, 1).member("red");
    Member wrong = new Channel(2, 1).member("blue");

    Result result = measure(PGD, red, wrong);

    assertThat(result.inputs()).isEqualTo(COUNT);
    // Blue says the label of every other input.
    assertThat(result.attacked()).isEqualTo(COUNT / 2);
    assertThat(result.cases(0, 1).of()).isEqualTo(COUNT / 2);
  }

  @Test
  void theSameSeedGivesTheSameMatrix() {
    Member red = new Channel(0, 1).member("red");
    Member green = new Channel(1, 1).member("green");
    Result once = measure(PGD, red, green);
    Result twice = measure(PGD, red, green);
    for (int i = 0; i < 2; i++) {
      assertThat(twice.rows().get(i).cases()).isEqualTo(once.rows().get(i).cases());
      assertThat(twice.rows().get(i).alsoFooled()).isEqualTo(once.rows().get(i).alsoFooled());
    }
  }

  @Test
  void oneModelIsNoEnsemble() {
    assertThatThrownBy(() -> new TransferMatrix(List.of(new Channel(0, 1).member("red")), PGD, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two or more");
  }

  private static Inputs inputs() {
    float[] images = new float[3 * COUNT];
    int[] labels = new int[COUNT];
    long[] ids = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      labels[i] = i % 3 == 0 ? 1 : 0;
      float sign = labels[i] == 1 ? 1 : -1;
      images[3 * i] = 0.5f + 0.03f * sign;
      images[3 * i + 1] = 0.5f + 0.2f * sign;
      images[3 * i + 2] = 0.5f + 0.2f * (i % 2 == 0 ? sign : -sign);
      ids[i] = i;
    }
    return new Inputs(Channel.SHAPE, images, labels, ids);
  }

  /** Class 1 where a channel is brighter than a half. */
  private static final class Channel implements DifferentiableModel {
    static final ImageShape SHAPE = new ImageShape(1, 1, 3);
    private final int channel;
    private final float scale;

    Channel(int channel, float scale) {
      this.channel = channel;
      this.scale = scale;
    }

    Member member(String name) {
      Judge judge =
          images -> {
            float[] scores = new float[2 * images.count()];
            logits(images.images(), images.count(), scores);
            Judge.Ruling[] rulings = new Judge.Ruling[images.count()];
            for (int i = 0; i < rulings.length; i++) {
              int label = scores[2 * i + 1] > scores[2 * i] ? 1 : 0;
              rulings[i] = Judge.Ruling.of(label, images.labels()[i]);
            }
            return rulings;
          };
      return new Member(name, this, judge);
    }

    @Override
    public ImageShape shape() {
      return SHAPE;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public void logits(float[] images, int count, float[] logits) {
      for (int i = 0; i < count; i++) {
        logits[2 * i + 1] = scale * (images[3 * i + channel] - 0.5f);
        logits[2 * i] = -logits[2 * i + 1];
      }
    }

    @Override
    public Recording record(float[] images, int count) {
      float[] scores = new float[2 * count];
      logits(images, count, scores);
      return new Recording() {
        @Override
        public float[] logits() {
          return scores;
        }

        @Override
        public void backward(float[] cotangent, float[] gradient) {
          Arrays.fill(gradient, 0, 3 * count, 0);
          for (int i = 0; i < count; i++) {
            gradient[3 * i + channel] = scale * (cotangent[2 * i + 1] - cotangent[2 * i]);
          }
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {}
  }
}
