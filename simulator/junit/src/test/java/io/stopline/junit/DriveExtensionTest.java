package io.stopline.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class DriveExtensionTest {

  private static final String BUNDLE = "../../firmware-config/bundles/traffic-signs";
  private static final String SCENARIO = "src/test/scenarios/stop.yaml";

  /** Run by the tests below, not by the build. */
  static final class Drives {
    static final List<DrivenSign> DRIVEN = new ArrayList<>();

    @Drive(
        scenario = SCENARIO,
        bundle = BUNDLE,
        seeds = {3, 4})
    void aCleanStopSignIsNotSuspected(DrivenSign sign) {
      DRIVEN.add(sign);
      assertThat(sign.suspected()).isFalse();
    }

    @Drive(scenario = SCENARIO, bundle = BUNDLE, seeds = 5, attack = "stickers", queries = 100)
    void fails(DrivenSign sign) {
      assertThat(sign.guarded().attacker()).isEqualTo("mallory");
    }

    @Drive(scenario = "src/test/scenarios/none.yaml", bundle = BUNDLE)
    void hasNoScenario(DrivenSign sign) {
      DRIVEN.add(sign);
    }
  }

  @Test
  void thereIsAnInvocationASeedAndAFailureSaysHowToDriveItAgain() {
    Drives.DRIVEN.clear();
    List<String> passed = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Drives.class)).build(),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                  result
                      .getThrowable()
                      .ifPresentOrElse(failures::add, () -> passed.add(test.getDisplayName()));
                }
              }
            });

    assertThat(passed).containsExactlyInAnyOrder("seed 3", "seed 4");
    assertThat(Drives.DRIVEN).extracting(DrivenSign::seed).containsExactlyInAnyOrder(3L, 4L);
    assertThat(Drives.DRIVEN).allMatch(sign -> sign.guarded().nearFrames() > 5);
    assertThat(failures).hasSize(2);
    Throwable failure =
        failures.stream().filter(f -> f instanceof DriveFailure).findFirst().orElseThrow();
    Matcher command =
        Pattern.compile("\\./stopline drive (\\S+\\.yaml) --bundle (\\S+) --seed 5 --judge")
            .matcher(failure.getMessage());
    assertThat(command.find()).isTrue();
    Scenario kept = ScenarioFile.read(Path.of(command.group(1)));
    assertThat(kept.seed()).isEqualTo(5);
    assertThat(kept.signs().get(0).alteration()).isNotNull();
    assertThat(failures.stream().filter(f -> f != failure).findFirst().orElseThrow())
        .hasStackTraceContaining("none.yaml' does not exist");
  }
}
