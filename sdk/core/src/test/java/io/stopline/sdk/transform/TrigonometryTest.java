package io.stopline.sdk.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TrigonometryTest {

  @Test
  void theBitsAreThoseOfStrictMath() {
    Random random = new Random(5);
    for (int i = 0; i < 1_000_000; i++) {
      // Up to a whole turn either way, and every size down to where nothing is left of an angle.
      double angle = (random.nextDouble() - 0.5) * Math.scalb(4 * Math.PI, -(i % 40));
      check(angle);
    }
    for (double odd :
        new double[] {
          0.0,
          -0.0,
          Math.PI / 4,
          Math.nextDown(Math.PI / 4),
          0.3,
          0.78125,
          0x1p-27,
          0x1p-28,
          Double.MIN_VALUE,
          Double.NaN,
          Double.POSITIVE_INFINITY,
          180
        }) {
      check(odd);
      check(-odd);
      check(Math.nextUp(odd));
    }
  }

  private static void check(double angle) {
    assertThat(bits(Trigonometry.sin(angle)))
        .as("sin %s", angle)
        .isEqualTo(bits(StrictMath.sin(angle)));
    assertThat(bits(Trigonometry.cos(angle)))
        .as("cos %s", angle)
        .isEqualTo(bits(StrictMath.cos(angle)));
  }

  private static long bits(double number) {
    return Double.doubleToLongBits(number);
  }
}
