package io.stopline.campaign.hardening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecipeFileTest {

  @TempDir Path folder;

  private Path recipe(String text) throws IOException {
    return Files.writeString(folder.resolve("recipe.yaml"), text);
  }

  @Test
  void everyKeyIsRead() throws IOException {
    Recipe recipe =
        RecipeFile.read(
            recipe(
                """
                schema: 1
                architecture: nets/wide.yaml
                method: trades
                settings: {eps: 8/255, beta: 6, awp: 0.005, augment: mild, clip: true}
                teachers: [../models/a.tflite, b.tflite]
                int8: true
                time: 1.5h
                seed: 7
                figures: {attack: "apgd-ce,square", attack-eps: 4/255, attack-limit: 50}
                """));
    assertThat(recipe.model()).isEmpty();
    assertThat(recipe.architecture()).hasValue(folder.resolve("nets/wide.yaml").toString());
    assertThat(recipe.method()).hasValue("trades");
    assertThat(recipe.settings())
        .containsEntry("eps", "8/255")
        .containsEntry("beta", "6")
        .containsEntry("awp", "0.005")
        .containsEntry("clip", "true");
    assertThat(recipe.teachers())
        .containsExactly(
            folder.resolve("../models/a.tflite").normalize(), folder.resolve("b.tflite"));
    assertThat(recipe.int8()).hasValue(true);
    assertThat(recipe.time()).hasValue(5400);
    assertThat(recipe.seed()).hasValue(7);
    assertThat(recipe.figures()).containsEntry("attack-limit", "50");
  }

  @Test
  void aNameStaysANameAndWhatIsLeftOutIsNotAskedFor() throws IOException {
    Recipe recipe = RecipeFile.read(recipe("architecture: mobile"));
    assertThat(recipe.architecture()).hasValue("mobile");
    assertThat(recipe)
        .usingRecursiveComparison()
        .ignoringFields("architecture")
        .isEqualTo(Recipe.NONE);
  }

  @Test
  void whatIsWrongIsToldWithItsLine() throws IOException {
    Path file =
        recipe(
            """
            method: trades
            sead: 7
            time: soon
            """);
    assertThatThrownBy(() -> RecipeFile.read(file))
        .isInstanceOf(InvalidRecipeException.class)
        .hasMessageContaining("recipe.yaml:2: ")
        .hasMessageContaining("'sead'")
        .hasMessageContaining("recipe.yaml:3: ")
        .hasMessageContaining("seconds, minutes or hours");
    assertThatThrownBy(() -> RecipeFile.read(recipe("model: a.tflite\narchitecture: mobile")))
        .hasMessageContaining("recipe.yaml:2: ")
        .hasMessageContaining("remove one");
    assertThatThrownBy(() -> RecipeFile.read(folder.resolve("none.yaml")))
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> RecipeFile.read(folder)).hasMessageContaining("is a folder");
  }

  @Test
  void timesAreReadAndWrittenAsPeopleDo() {
    assertThat(Durations.seconds("90s")).isEqualTo(90);
    assertThat(Durations.seconds("60m")).isEqualTo(3600);
    assertThat(Durations.seconds("1.5h")).isEqualTo(5400);
    assertThat(Durations.words(41)).isEqualTo("41 s");
    assertThat(Durations.words(200)).isEqualTo("3 min 20 s");
    assertThat(Durations.words(3900)).isEqualTo("1 h 05 min");
    for (String wrong : new String[] {"", "60", "0s", "-1m", "1d", "1e3s"}) {
      assertThatThrownBy(() -> Durations.seconds(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("60m");
    }
  }
}
