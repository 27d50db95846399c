package io.stopline.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class OptionsTest {

  @Test
  void readsWhatIsGivenAndDefaultsTheRest() {
    Options options =
        new Options(
            "pgd", Map.of("norm", "L2", "eps", "8/255", "rounding", "TRUE", "targeted", "3"));

    Norm norm = options.norm(Norm.LINF, Norm.LINF, Norm.L2);
    assertThat(norm).isEqualTo(Norm.L2);
    assertThat(options.epsilon(norm)).isEqualTo(8.0 / 255);
    assertThat(options.flag("rounding", false)).isTrue();
    assertThat(options.target()).hasValue(3);
    assertThat(options.integer("steps", 40, 1, 100)).isEqualTo(40);
    options.end();
  }

  @Test
  void anEpsilonAboveOneInLinfIsTakenForLevelsAndRefused() {
    Options levels = new Options("pgd", Map.of("eps", "8"));
    assertThatThrownBy(() -> levels.epsilon(Norm.LINF))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("option eps is '8'")
        .hasMessageContaining("did you mean 8/255?");
    assertThat(levels.epsilon(Norm.L2)).isEqualTo(8);
    assertThatThrownBy(() -> new Options("pgd", Map.of("eps", "300/255")).epsilon(Norm.LINF))
        .hasMessageContaining("0 to 1 in linf");
    assertThat(new Options("pgd", Map.of("eps", "1")).epsilon(Norm.LINF)).isEqualTo(1);
    assertThat(new Options("deepfool", Map.of("eps", "inf")).epsilon(Norm.LINF)).isInfinite();
  }

  @Test
  void refusesUnknownNamesAndSaysWhichThereAre() {
    Options options = new Options("pgd", Map.of("step", "3"));
    options.integer("steps", 40, 1, 100);
    options.flag("rounding", false);

    assertThatThrownBy(options::end)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attack 'pgd' has no option 'step'; it has: rounding, steps");
  }

  @Test
  void refusesValuesNamingOptionValueAndWhatIsAllowed() {
    Options options =
        new Options("pgd", Map.of("norm", "l1", "steps", "0", "eps", "8/x", "rounding", "yes"));

    assertThatThrownBy(() -> options.norm(Norm.LINF, Norm.LINF, Norm.L2))
        .hasMessage("attack 'pgd': option norm is 'l1'; allowed: linf, l2");
    assertThatThrownBy(() -> options.integer("steps", 40, 1, 100))
        .hasMessageContaining("option steps is '0'; allowed: a whole number from 1 to 100");
    assertThatThrownBy(() -> options.epsilon(Norm.LINF))
        .hasMessageContaining("option eps is '8/x'; allowed: a number or a fraction such as 8/255");
    assertThatThrownBy(() -> options.flag("rounding", false))
        .hasMessageContaining("allowed: true, false");
  }
}
