package io.stopline.sdk.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.guard.Witnesses.HiddenSign;
import io.stopline.sdk.guard.Witnesses.Motion;
import io.stopline.sdk.guard.Witnesses.Phantom;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WitnessesTest {

  private static final Motion MOTION = Motion.standard();
  private static final Phantom PHANTOM = Phantom.standard();

  @Test
  void theStandardLooksForBoth() {
    assertThat(Witnesses.standard().hiddenSign()).isEqualTo(HiddenSign.standard());
    assertThat(Witnesses.standard().phantom()).isEqualTo(PHANTOM);
    assertThat(Witnesses.standard().everyFrames()).isEqualTo(3);
  }

  static Stream<Arguments> impossible() {
    Duration second = Duration.ofSeconds(1);
    return Stream.of(
        bad("everyFrames is 0", () -> new Witnesses(0, second, MOTION, null, PHANTOM)),
        bad("everyFrames is 31", () -> new Witnesses(31, second, MOTION, null, PHANTOM)),
        bad(
            "patience is PT1M1S",
            () -> new Witnesses(3, second.plusMinutes(1), MOTION, null, PHANTOM)),
        bad("look for nothing", () -> new Witnesses(3, second, MOTION, null, null)),
        bad("from left 0.6 to right 0.5", () -> new Motion(0.6, 0.5, 0.4, 0.5, 1.25, 0.5)),
        bad("from top 0.4 to bottom 1.5", () -> new Motion(0.4, 0.5, 0.4, 1.5, 1.25, 0.5)),
        bad("growth is 1.0", () -> new Motion(0.4, 0.5, 0.4, 0.5, 1, 0.5)),
        bad("growth is NaN", () -> new Motion(0.4, 0.5, 0.4, 0.5, Double.NaN, 0.5)),
        bad("tolerance is 1.0", () -> new Motion(0.4, 0.5, 0.4, 0.5, 1.25, 1)),
        bad("hidden sign: persistence is 2", () -> new HiddenSign(2, 32, 0.9, 3)),
        bad("hidden sign: minimumSide is 0", () -> new HiddenSign(5, 0, 0.9, 3)),
        bad("signProbability is 1.1", () -> new HiddenSign(5, 32, 1.1, 3)),
        bad("hidden sign: sureFrames is 0", () -> new HiddenSign(5, 32, 0.9, 0)),
        bad("phantom: persistence is -1", () -> new Phantom(-1, 12, List.of())),
        bad("phantom: sightings is 5", () -> new Phantom(5, 5, List.of())));
  }

  private static Arguments bad(String message, ThrowingCallable make) {
    return Arguments.of(message, make);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void impossible(String message, ThrowingCallable make) {
    assertThatThrownBy(make)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static GuardPolicy policy(
      Witnesses witnesses,
      GuardPolicy.@Nullable Finder finder,
      GuardPolicy.@Nullable SignCheck sign) {
    return new GuardPolicy(
            "test",
            "ff",
            List.of("a"),
            List.of(),
            List.of(new GuardPolicy.CheckSetting.Agreement(1)),
            0.25,
            Duration.ofSeconds(1),
            4,
            0.4,
            0.25)
        .with()
        .finder(finder)
        .sign(sign)
        .witnesses(witnesses)
        .build();
  }

  @Test
  void aPolicyWithWitnessesNeedsADetectorAndForHiddenSignsAVerifier() {
    GuardPolicy.Finder finder = new GuardPolicy.Finder("find", 0.3, 32, 0.1);
    GuardPolicy.SignCheck sign = new GuardPolicy.SignCheck("is-sign", 0.5, 2, 3);
    Witnesses phantoms = new Witnesses(3, Duration.ZERO, MOTION, null, PHANTOM);
    assertThat(policy(Witnesses.standard(), finder, sign).witnesses()).isNotNull();
    assertThat(policy(phantoms, finder, null).witnesses()).isEqualTo(phantoms);
    assertThatThrownBy(() -> policy(phantoms, null, sign))
        .hasMessageContaining("no detector to check on; give it a 'finder'");
    assertThatThrownBy(() -> policy(Witnesses.standard(), finder, null))
        .hasMessageContaining("nothing says what is a sign; give it a 'sign' part");
  }
}
