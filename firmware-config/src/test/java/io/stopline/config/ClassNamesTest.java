package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClassNamesTest {

  private static final List<String> NAMES = List.of("Stop", "No entry", "Yield", "no_entry");

  @ParameterizedTest
  @CsvSource({"Stop,0", "stop,0", "No entry,1", "no_entry,3", "'yield ',2"})
  void aClassIsFoundByItsName(String name, int number) {
    assertThat(ClassNames.index(name, NAMES)).isEqualTo(number);
  }

  @Test
  void aMistypedNameIsAnsweredWithTheNearest() {
    assertThatThrownBy(() -> ClassNames.index("Stpo", NAMES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'Stpo' is unknown; did you mean 'Stop'?");
    assertThatThrownBy(() -> ClassNames.index("Roundabout", NAMES))
        .hasMessageContaining("known are Stop, No entry, Yield");
    assertThatThrownBy(() -> ClassNames.index("NO ENTRY", NAMES))
        .hasMessageContaining("any of the numbers [1, 3]");
  }
}
