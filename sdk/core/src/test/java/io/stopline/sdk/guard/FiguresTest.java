package io.stopline.sdk.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FiguresTest {

  @ParameterizedTest
  @CsvSource({
    "0.31, 0.5, 0.31, 0.50",
    "0.4999, 0.5, 0.4999, 0.5000",
    "0.49996, 0.5, 0.49996, 0.50000",
    "0.5, 0.5, 0.50, 0.50",
  })
  void asManyDecimalsAsTellThemApart(double value, double bound, String first, String second) {
    assertThat(Figures.apart(value, bound)).isEqualTo(new Figures.Pair(first, second));
  }

  @Test
  void evenNeighboursDiffer() {
    Figures.Pair pair = Figures.apart(Math.nextDown(0.5), 0.5);
    assertThat(pair.value()).startsWith("0.4999").isNotEqualTo(pair.bound());
  }
}
