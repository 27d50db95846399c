package io.stopline.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.EngineFilter.includeEngines;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

final class SkipReportTest {

  /** Not found by itself: nested classes are left out of the build's tests. */
  static final class Skipping {
    @Test
    void assumes() {
      assumeTrue(false, "no such sign");
    }

    @Disabled("not today")
    @Test
    void isDisabled() {}

    @Test
    void runs() {}
  }

  @Test
  void everySkippedTestPrintsItsReason() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(selectClass(Skipping.class))
                  .filters(includeEngines("junit-jupiter")) // jqwik would leave a file behind
                  .build());
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactlyInAnyOrder(
            "SKIPPED: Skipping.assumes: Assumption failed: no such sign",
            "SKIPPED: Skipping.isDisabled: not today");
  }
}
