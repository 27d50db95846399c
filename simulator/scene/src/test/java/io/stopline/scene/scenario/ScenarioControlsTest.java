package io.stopline.scene.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScenarioControlsTest {

  private static final String TEXT =
      """
      name: two signs
      seed: 7
      light: {sunElevationDegrees: 30}
      signs:
        - class: 14
          alteration:
            shadow:
              darkness: 0.6
              polygons: [[[-0.1, 0.35], [0.6, -0.1], [0.95, 0.1]]]
        - {class: 2, alongMetres: 80}
      """;

  private final Scenario scenario = ScenarioFile.of(TEXT, "test", Path.of("/"));

  @Test
  void allNumbersButTheSeedHaveTheirPlaceAndMostTheirRange() {
    List<ScenarioControls.Control> controls = ScenarioControls.of(scenario);

    assertThat(controls)
        .extracting(ScenarioControls.Control::pointer)
        .contains(
            "/light/sunElevationDegrees",
            "/vehicle/speedMetresPerSecond",
            "/weather/rain",
            "/signs/0/alteration/shadow/darkness",
            "/signs/0/alteration/shadow/polygons/0/1/0",
            "/signs/1/alongMetres")
        .doesNotContain("/seed")
        .doesNotHaveDuplicates();
    assertThat(control(controls, "/light/sunElevationDegrees"))
        .satisfies(
            c -> {
              assertThat(c.value()).isEqualTo(30);
              assertThat(c.least()).isLessThan(c.most());
            });
    assertThat(control(controls, "/signs/0/alteration/shadow/darkness"))
        .satisfies(
            c -> {
              assertThat(c.least()).isZero();
              assertThat(c.most()).isEqualTo(1);
              assertThat(c.description()).contains("light taken away");
            });
    assertThat(control(controls, "/camera/width").whole()).isTrue();
  }

  @Test
  void aChangeChangesThatNumberAlone() {
    Scenario changed =
        ScenarioControls.with(
            scenario, Map.of("/light/sunElevationDegrees", 5.0, "/camera/jpegQuality", 50.0));

    assertThat(changed.light().sunElevationDegrees()).isEqualTo(5);
    assertThat(changed.camera().jpegQuality()).isEqualTo(50);
    assertThat(changed.signs()).isEqualTo(scenario.signs());
    assertThat(changed.seed()).isEqualTo(scenario.seed());
    assertThat(ScenarioControls.with(scenario, Map.of())).isEqualTo(scenario);
  }

  @Test
  void everyNumberMayBeTurnedToTheMiddleOfItsRange() {
    for (ScenarioControls.Control c : ScenarioControls.of(scenario)) {
      boolean isDriveLength = c.pointer().endsWith("Metres") || c.pointer().contains("/camera/");
      if (!isDriveLength && c.most() - c.least() < 1e6) {
        double middle = Math.rint((c.least() + c.most()) / 2);
        Scenario turned = ScenarioControls.with(scenario, Map.of(c.pointer(), middle));
        assertThat(control(ScenarioControls.of(turned), c.pointer()).value()).isEqualTo(middle);
      }
    }
  }

  @Test
  void whatIsNoNumberOrOutOfRangeIsRefusedByName() {
    assertThatThrownBy(() -> ScenarioControls.with(scenario, Map.of("/name", 1.0)))
        .isInstanceOf(InvalidScenarioException.class)
        .hasMessageContaining("no number at '/name'");
    assertThatThrownBy(() -> ScenarioControls.with(scenario, Map.of("light", 1.0)))
        .isInstanceOf(InvalidScenarioException.class)
        .hasMessageContaining("JSON Pointer");
    assertThatThrownBy(
            () -> ScenarioControls.with(scenario, Map.of("/light/sunElevationDegrees", 500.0)))
        .isInstanceOf(InvalidScenarioException.class)
        .hasMessageContaining("sunElevationDegrees");
  }

  private static ScenarioControls.Control control(
      List<ScenarioControls.Control> controls, String pointer) {
    return controls.stream().filter(c -> c.pointer().equals(pointer)).findFirst().orElseThrow();
  }
}
