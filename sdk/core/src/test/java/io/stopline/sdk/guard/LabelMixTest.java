package io.stopline.sdk.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.transform.TransformChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How two members name the label together. */
class LabelMixTest {

  private static final float[] RED = {1, 0, 0};

  @Test
  void theRobustMembersProbabilitiesAreSharpenedAndWeighed() {
    float[] mixed = new float[3];
    int label = new LabelMix(0, 1, 2, 0.6).mix(RED, new float[] {0.3f, 0.5f, 0.2f}, mixed);

    // Squares: 9, 25 and 4 of 38.
    assertThat(mixed)
        .containsExactly(
            new float[] {(float) (0.4 + 0.6 * 9 / 38), 0.6f * 25 / 38, 0.6f * 4 / 38},
            within(1e-6f));
    assertThat(label).isZero();
  }

  @Test
  void whoIsSureAndRobustDecidesAloneAndWhoIsUnsureDoesNot() {
    LabelMix mix = new LabelMix(0, 1, 4, 0.6);
    float[] mixed = new float[3];

    assertThat(mix.mix(RED, new float[] {0.05f, 0.9f, 0.05f}, mixed)).isEqualTo(1);
    assertThat(mix.mix(RED, new float[] {0.3f, 0.4f, 0.3f}, mixed)).isZero();
    // Nothing is lost where 8 bits leave nothing.
    assertThat(mix.mix(RED, new float[3], mixed)).isZero();
    assertThat(mixed[0] + mixed[1] + mixed[2]).isCloseTo(1, within(1e-6f));
  }

  @Test
  void aGuardsPassesNameTheLabelByItAndKeepTheMean() {
    LabelMix mix = new LabelMix(1, 0, 3, 0.8);
    Image crop = Image.black(13, 11);
    new Random(4).nextBytes(crop.data());
    float[] mean;
    try (Passes passes = passes(null)) {
      run(passes, crop);
      assertThat(passes.probability()).isEqualTo(passes.ensemble()[passes.label()]);
      mean = passes.ensemble().clone();
    }
    try (Passes passes = passes(mix)) {
      run(passes, crop);
      float[] mixed = new float[3];
      int label = mix.mix(passes.plain(1), passes.plain(0), mixed);
      assertThat(passes.label()).isEqualTo(label);
      assertThat(passes.probability()).isEqualTo(mixed[label]).isNotEqualTo(mean[label]);
      assertThat(passes.ensemble()).isEqualTo(mean);
    }
  }

  private static Passes passes(@Nullable LabelMix mix) {
    return new Passes(
        List.of(
            new ToyModel(3, 0, () -> {}).classifier("a"),
            new ToyModel(3, 1, () -> {}).classifier("b")),
        2,
        mix,
        List.of("red", "green", "blue"),
        List.of(new TransformChain("other", List.of())));
  }

  private static void run(Passes passes, Image crop) {
    passes.begin(crop, Sighting.NONE, 7);
    passes.runPlain(new Budget(() -> 0, 0, Long.MAX_VALUE, Integer.MAX_VALUE), new ArrayList<>());
  }

  @Test
  void whatMakesNoMixIsRefused() {
    assertThatThrownBy(() -> new LabelMix(1, 1, 2, 0.6))
        .hasMessageContaining("two different members");
    assertThatThrownBy(() -> new LabelMix(0, 1, 0, 0.6)).hasMessageContaining("power 0.0");
    assertThatThrownBy(() -> new LabelMix(0, 1, 2, 1)).hasMessageContaining("weight 1.0");
  }
}
