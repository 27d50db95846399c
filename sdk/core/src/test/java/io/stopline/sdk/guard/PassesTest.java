package io.stopline.sdk.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.transform.TransformChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PassesTest {

  private static final List<String> LABELS = List.of("red", "green", "blue");
  private static final TransformChain OTHER = new TransformChain("other", List.of());

  private static Classifier unit(int rotate) {
    return new ToyModel(3, rotate, () -> {}).classifier("unit " + rotate);
  }

  private static Classifier signed() {
    return new Classifier(
        "signed",
        "00",
        new ToyModel(3, 0, () -> {}),
        new InputEncoding(-1, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)),
        Classifier.OutputKind.PROBABILITIES);
  }

  private static Image noise(long seed) {
    Image image = Image.black(13, 11);
    new Random(seed).nextBytes(image.data());
    return image;
  }

  private static List<float[]> plain(Passes passes, Image crop) {
    passes.begin(crop, Sighting.NONE, 7);
    passes.runPlain(new Budget(() -> 0, 0, Long.MAX_VALUE, Integer.MAX_VALUE), new ArrayList<>());
    List<float[]> results = new ArrayList<>();
    for (int m = 0; m < passes.members(); m++) {
      results.add(passes.plain(m).clone());
    }
    return results;
  }

  @Test
  void membersThatShareOneRenderingSayWhatTheySayAlone() {
    try (Passes together =
            new Passes(List.of(unit(0), signed(), unit(1)), 3, null, LABELS, List.of(OTHER));
        Passes first = new Passes(List.of(unit(0)), 1, null, LABELS, List.of());
        Passes second = new Passes(List.of(signed()), 1, null, LABELS, List.of());
        Passes third = new Passes(List.of(unit(1)), 1, null, LABELS, List.of())) {
      for (long seed = 0; seed < 3; seed++) {
        Image crop = noise(seed);
        List<float[]> results = plain(together, crop);
        assertThat(results.get(0)).isEqualTo(plain(first, crop).get(0));
        assertThat(results.get(1)).isEqualTo(plain(second, crop).get(0));
        assertThat(results.get(2)).isEqualTo(plain(third, crop).get(0));
        assertThat(results.get(0)).isNotEqualTo(results.get(1));
      }
    }
  }
}
