package io.stopline.sdk.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class RandomStreamTest {

  private static final long HASH = 1532534251013005116L;

  @Test
  void manyGaussiansAreThoseThatCallsOneByOneGive() {
    for (int seed = 0; seed < 40; seed++) {
      RandomStream one = new RandomStream(seed);
      RandomStream many = new RandomStream(seed);
      double[] values = new double[1000];
      // Long enough for draws that are rejected and for tails.
      for (int count : new int[] {1, 0, 1000, 97, 1000}) {
        many.nextGaussians(values, count);
        for (int i = 0; i < count; i++) {
          assertThat(values[i]).isEqualTo(one.nextGaussian());
        }
      }
      assertThat(many.nextLong()).isEqualTo(one.nextLong());
    }
  }

  @Test
  void gaussianHasTheNormalsMomentsAndTails() {
    RandomStream random = new RandomStream(42);
    int n = 2_000_000;
    double[] power = new double[5];
    int[] beyond = new int[6];
    for (int i = 0; i < n; i++) {
      double x = random.nextGaussian();
      for (int k = 1; k <= 4; k++) {
        power[k] += Math.pow(x, k) / n;
      }
      for (int k = 0; k < beyond.length; k++) {
        beyond[k] += Math.abs(x) > k ? 1 : 0;
      }
    }

    assertThat(power[1]).isCloseTo(0, within(0.004));
    assertThat(power[2]).isCloseTo(1, within(0.006));
    assertThat(power[3]).isCloseTo(0, within(0.015));
    assertThat(power[4]).isCloseTo(3, within(0.04));
    // Two-sided tails of the normal distribution; tolerance five standard errors.
    double[] tail = {1, 0.317311, 0.0455003, 0.0026998, 6.33425e-5, 5.733e-7};
    for (int k = 0; k < tail.length; k++) {
      double error = 5 * Math.sqrt(tail[k] / n) + 1e-9;
      assertThat(beyond[k] / (double) n).as("beyond %d", k).isCloseTo(tail[k], within(error));
    }
  }

  @Test
  void streamIsTheSameOnEveryMachine() {
    RandomStream random = new RandomStream(7);
    long hash = 0;
    for (int i = 0; i < 100_000; i++) {
      hash = 31 * hash + Double.doubleToLongBits(random.nextGaussian());
    }

    // Written down once; a machine or a Java runtime that computes otherwise fails here.
    assertThat(hash).isEqualTo(HASH);
  }
}
