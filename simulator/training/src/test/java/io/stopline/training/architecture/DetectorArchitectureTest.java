package io.stopline.training.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.autodiff.ImageShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Detectors as YAML files. */
final class DetectorArchitectureTest {

  private static final String GOOD =
      """
      name: small
      input: [64, 96]
      stem: 8
      stages:
        - {channels: 16, blocks: 2}
        - {channels: 24}
      topDown: [24, 16]
      head: 16
      """;

  @TempDir private Path folder;

  private DetectorArchitecture read(String text) throws IOException {
    return DetectorArchitecture.read(Files.writeString(folder.resolve("a.yaml"), text));
  }

  @Test
  void aFileIsReadAndTheSameSeedGivesTheSameBytes() throws IOException {
    DetectorArchitecture small = read(GOOD);

    assertThat(small.input()).isEqualTo(new ImageShape(64, 96, 3));
    assertThat(small.kinds()).isEqualTo(1);
    assertThat(small.coarsest()).isEqualTo(8);
    ImageShape crop = new ImageShape(32, 32, 3);
    assertThat(small.learning(crop, 4)).isEqualTo(small.learning(crop, 4));
    assertThat(small.learning(crop, 4)).isNotEqualTo(small.learning(crop, 5));
  }

  @Test
  void whatIsWrongIsNamedWithItsPlaceAndCure() {
    assertThatThrownBy(() -> read(GOOD.replace("[64, 96]", "[60, 96]")))
        .hasMessageContaining("96×60")
        .hasMessageContaining("multiples of 8 px");
    assertThatThrownBy(() -> read(GOOD.replace("[24, 16]", "[24]")))
        .hasMessageContaining("2 stages and 1 steps back");
    assertThatThrownBy(() -> read(GOOD.replace("stem: 8", "stem: eight")))
        .hasMessageContaining("a.yaml:3:");
    assertThatThrownBy(() -> DetectorArchitecture.read(folder.resolve("none.yaml")))
        .hasMessageContaining("none.yaml");
  }

  @Test
  void aDetectorIsLearntOnFromItsOwnWeights() throws IOException {
    DetectorArchitecture small = read(GOOD);
    ImageShape crop = new ImageShape(32, 32, 3);
    byte[] learnt = small.learning(crop, 4);

    assertThat(small.learning(crop, small.using(learnt))).isEqualTo(learnt);
  }

  @Test
  void weightsOfAnotherArchitectureAreRefused() throws IOException {
    DetectorArchitecture small = read(GOOD);
    DetectorArchitecture other = read(GOOD.replace("head: 16", "head: 24"));

    assertThatThrownBy(() -> small.using(other.learning(new ImageShape(32, 32, 3), 1)))
        .isInstanceOf(InvalidArchitectureException.class)
        .hasMessageContaining("head");
  }
}
