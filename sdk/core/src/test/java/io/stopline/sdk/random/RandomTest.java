package io.stopline.sdk.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RandomTest {

  /** Reference values of SplitMix64 for seed 1234567 (public test vector of the algorithm). */
  @Test
  void streamIsSplitMix64() {
    RandomStream stream = new RandomStream(1234567);
    assertThat(Long.toUnsignedString(stream.nextLong())).isEqualTo("6457827717110365317");
    assertThat(Long.toUnsignedString(stream.nextLong())).isEqualTo("3203168211198807973");
  }

  @Property
  void reseedingRepeatsTheStream(@ForAll long seed) {
    RandomStream a = new RandomStream(seed);
    double gaussian = a.nextGaussian();
    long bits = a.nextLong();
    a.reseed(seed);
    assertThat(a.nextGaussian()).isEqualTo(gaussian);
    assertThat(a.nextLong()).isEqualTo(bits);
  }

  @Test
  void gaussianHasUnitMoments() {
    RandomStream stream = new RandomStream(5);
    int n = 200_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double g = stream.nextGaussian();
      sum += g;
      squares += g * g;
    }
    // Five standard errors either way.
    assertThat(sum / n).isBetween(-0.012, 0.012);
    assertThat(squares / n).isBetween(0.984, 1.016);
  }

  @Property
  void uniformStaysInItsRange(@ForAll long seed) {
    assertThat(new RandomStream(seed).uniform(-2, 3)).isBetween(-2.0, 3.0);
    assertThat(new RandomStream(seed).nextInt(7)).isBetween(0, 6);
  }

  @Test
  void inspectionSeedsRepeatOnlyWithKeyAndNonce() {
    byte[] key = new byte[InspectionSeeds.KEY_BYTES];
    key[0] = 1;
    InspectionSeeds seeds = new InspectionSeeds(key, 7);
    InspectionSeeds same = new InspectionSeeds(key, 7);
    InspectionSeeds restarted = new InspectionSeeds(key, 8);
    key[0] = 2;
    InspectionSeeds otherDevice = new InspectionSeeds(key, 7);
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      long seed = seeds.next();
      assertThat(same.next()).isEqualTo(seed);
      assertThat(seen.add(seed)).isTrue();
      assertThat(seen.add(restarted.next())).isTrue();
      assertThat(seen.add(otherDevice.next())).isTrue();
    }
  }

  @Test
  void shortKeysAreRefused() {
    assertThatThrownBy(() -> new InspectionSeeds(new byte[16], 0)).hasMessageContaining("needs 32");
  }

  @Test
  void derivedStreamsDiffer() {
    Set<Long> seen = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      for (int stream = 0; stream < 100; stream++) {
        assertThat(seen.add(RandomStream.derive(seed, stream))).isTrue();
      }
    }
  }
}
