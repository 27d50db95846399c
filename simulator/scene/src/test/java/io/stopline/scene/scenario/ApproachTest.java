package io.stopline.scene.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class ApproachTest {

  @Property(tries = 500)
  void drivesWithinWhatIsPromised(
      @ForAll @IntRange(min = 0, max = 42) int type, @ForAll long seed) {
    Scenario drive = Approach.to(type, seed);
    Sign main = drive.signs().get(0);
    Vehicle vehicle = drive.vehicle();
    double seconds = (vehicle.toMetres() - vehicle.fromMetres()) / vehicle.speedMetresPerSecond();

    assertThat(main.signClass()).isEqualTo(type);
    assertThat(vehicle.speedMetresPerSecond()).isBetween(8.0, 20.0);
    assertThat(seconds).isBetween(2.0, 6.0);
    assertThat(main.alongMetres() - vehicle.toMetres()).isBetween(8.0, 11.5);
    assertThat(main.heightMetres()).isBetween(2.0, 2.6);
    assertThat(drive.signs()).hasSizeBetween(1, 2);
    for (Sign other : drive.signs().subList(1, drive.signs().size())) {
      assertThat(other.alongMetres()).isGreaterThan(main.alongMetres() + 10);
      assertThat(other.signClass()).isNotEqualTo(type).isBetween(0, 42);
    }
    assertThat(Approach.to(type, seed)).isEqualTo(drive);
  }

  @Test
  void anotherSeedIsAnotherDrive() {
    assertThat(Approach.to(14, 1)).isNotEqualTo(Approach.to(14, 2));
  }

  @Test
  void hardToReadIsWeatherNightLittleLightOrASprayedWallOnTheSameRoad() {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < 60; seed++) {
      Scenario drive = Approach.hardToRead(14, seed);
      Scenario dry = Approach.to(14, seed);
      assertThat(
              drive
                  .with(dry.light())
                  .with(dry.weather())
                  .with(dry.camera())
                  .before(dry.background()))
          .isEqualTo(dry);
      assertThat(Approach.hardToRead(14, seed)).isEqualTo(drive);
      boolean rain = drive.weather().rain() > 0;
      boolean snow = drive.weather().snow() > 0;
      boolean fog = drive.light().visibilityMetres() < 1500;
      boolean night = drive.light().lux() < 400 && drive.light().headlights() == 1;
      boolean wall = !drive.background().equals(dry.background());
      boolean dim = !drive.camera().equals(dry.camera());
      assertThat(!dim || drive.camera().exposureStops() <= -0.5).isTrue();
      assertThat(Stream.of(rain, snow, fog, night, wall, dim).filter(on -> on)).hasSize(1);
      seen.add(
          rain ? "rain" : snow ? "snow" : fog ? "fog" : night ? "night" : wall ? "wall" : "dim");
    }
    assertThat(seen).containsExactly("dim", "fog", "night", "rain", "snow", "wall");
  }

  @Test
  void unknownClassIsRefused() {
    assertThatThrownBy(() -> Approach.to(43, 1)).hasMessageContaining("0..42");
  }
}
