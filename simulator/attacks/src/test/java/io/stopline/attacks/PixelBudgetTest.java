package io.stopline.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

final class PixelBudgetTest {

  private static final ImageShape SHAPE = new ImageShape(4, 3, 3);

  private static float[] image(RandomStream random, boolean levels) {
    float[] image = new float[SHAPE.size()];
    for (int i = 0; i < image.length; i++) {
      float value = (float) random.nextDouble();
      image[i] = levels ? Math.round(value * 255) / 255f : value;
    }
    return image;
  }

  private static float[] moved(float[] clean, RandomStream random, double by) {
    float[] image = clean.clone();
    for (int i = 0; i < image.length; i++) {
      image[i] += (float) (by * random.nextGaussian());
    }
    return image;
  }

  private static Inputs inputs(float[] clean) {
    return new Inputs(SHAPE, clean, new int[1], new long[] {42});
  }

  @Property(tries = 500)
  void whatIsProjectedAndRoundedKeepsTheBudget(
      @ForAll long seed,
      @ForAll Norm norm,
      @ForAll @DoubleRange(min = 0, max = 1) double share,
      @ForAll boolean levels,
      @ForAll boolean rounding) {
    RandomStream random = new RandomStream(seed);
    double epsilon =
        switch (norm) {
          case LINF -> 0.2 * share;
          case L2 -> 3 * share;
          case L0 -> 13 * share;
        };
    PixelBudget budget = new PixelBudget(norm, epsilon, rounding);
    float[] clean = image(random, levels);
    float[] image = moved(clean, random, 0.3);

    budget.project(clean, 0, image, 0, SHAPE);
    budget.unrounded().assertWithin(inputs(clean), image);
    budget.round(clean, 0, image, 0, SHAPE);

    budget.assertWithin(inputs(clean), image);
  }

  @Property(tries = 300)
  void whatIsWithinStaysAsItIs(@ForAll long seed, @ForAll Norm norm) {
    RandomStream random = new RandomStream(seed);
    float[] clean = image(random, true);
    PixelBudget budget = new PixelBudget(norm, norm == Norm.L0 ? 5 : 0.1, true);
    float[] image = moved(clean, random, 0.1);
    budget.project(clean, 0, image, 0, SHAPE);
    budget.round(clean, 0, image, 0, SHAPE);
    float[] again = image.clone();

    budget.project(clean, 0, again, 0, SHAPE);
    budget.round(clean, 0, again, 0, SHAPE);

    assertThat(again).containsExactly(image);
  }

  @Property(tries = 300)
  void roundingOfLevelsCostsLessThanHalfAStepInLinf(@ForAll long seed) {
    RandomStream random = new RandomStream(seed);
    float[] clean = image(random, true);
    PixelBudget budget = new PixelBudget(Norm.LINF, 4.0 / 255, true);
    float[] image = moved(clean, random, 0.1);
    budget.project(clean, 0, image, 0, SHAPE);
    float[] rounded = image.clone();

    budget.round(clean, 0, rounded, 0, SHAPE);

    assertThat(PixelBudget.distance(Norm.LINF, image, 0, rounded, 0, SHAPE))
        .isLessThanOrEqualTo(0.5 / 255 + 1e-6);
  }

  @Test
  void l0KeepsTheLargestChanges() {
    float[] clean = new float[SHAPE.size()];
    float[] image = clean.clone();
    image[0] = 0.1f;
    image[4] = 0.5f;
    image[8] = 0.3f;

    new PixelBudget(Norm.L0, 2, false).project(clean, 0, image, 0, SHAPE);

    assertThat(image[0]).isZero();
    assertThat(image[4]).isEqualTo(0.5f);
    assertThat(image[8]).isEqualTo(0.3f);
  }

  @Test
  void anInfiniteBudgetOnlyKeepsTheBox() {
    float[] clean = {0.5f, 0.5f, 0.5f};
    ImageShape one = new ImageShape(1, 1, 3);
    for (Norm norm : Norm.values()) {
      float[] image = {-1, 0.9f, 2};
      new PixelBudget(norm, Double.POSITIVE_INFINITY, true).project(clean, 0, image, 0, one);
      assertThat(image).containsExactly(0, 0.9f, 1);
    }
  }

  @Test
  void namesTheInputAndTheExcess() {
    float[] clean = new float[SHAPE.size()];
    float[] image = clean.clone();
    image[5] = 0.25f;
    PixelBudget budget = new PixelBudget(Norm.LINF, 0.125, true);

    assertThatThrownBy(() -> budget.assertWithin(inputs(clean), image))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("input 42: value 5 is 0.25, which is no 8-bit value");
    assertThatThrownBy(() -> budget.unrounded().assertWithin(inputs(clean), image))
        .hasMessage("input 42: the change is 0.25 in LINF, 0.125 more than the budget of 0.125");
    image[5] = Float.NaN;
    assertThatThrownBy(() -> budget.assertWithin(inputs(clean), image))
        .hasMessageContaining("value 5 is NaN");
    image[5] = 25 / 255f;
    assertThatCode(() -> budget.assertWithin(inputs(clean), image)).doesNotThrowAnyException();
  }
}
