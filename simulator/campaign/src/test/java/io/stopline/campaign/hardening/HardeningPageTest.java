package io.stopline.campaign.hardening;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.campaign.hardening.ModelFigures.Role;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Report;
import io.stopline.training.EpochFigures;
import io.stopline.training.TrainingEvent;
import io.stopline.training.TrainingOutcome;
import io.stopline.training.TrainingOutcome.Ended;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a page says of a training that did not go as it was asked for. */
final class HardeningPageTest {

  private static final String SWITCH =
      "catastrophic overfitting: of a training batch 91 % stand against the fast attack, 4 %"
          + " against 10 steps; now training with 10 steps";

  @Test
  void aShortenedTrainingIsNotCalledWhole() {
    HardeningReport report = report(Ended.PLAN, 15, 2, List.of());

    assertThat(report.training().end())
        .isEqualTo("2 epochs done, for which the time limit had room; 15 were asked for");
    String page = page(report);
    assertThat(page)
        .contains("2 epochs of the 15 asked for", "15 asked for, 2 planned")
        .doesNotContain("all 15 epochs done", "all epochs done");
    JsonNode training = json(report).path("training");
    assertThat(training.path("askedEpochs").asInt()).isEqualTo(15);
    assertThat(training.path("plannedEpochs").asInt()).isEqualTo(2);
  }

  @Test
  void aTrainingThatTheClockEndedSaysHowFarItCame() {
    assertThat(report(Ended.TIME, 15, 3, List.of()).training().end())
        .isEqualTo("the time limit came after 2.0 of 3 epochs, of 15 that were asked for");
    assertThat(report(Ended.PLAN, 2, 2, List.of()).training().end()).isEqualTo("all 2 epochs done");
  }

  @Test
  void theSwitchToMoreStepsStandsInThePageAndTheData() {
    HardeningReport report = report(Ended.PLAN, 2, 2, List.of(new TrainingEvent(1.25, SWITCH)));

    assertThat(page(report)).contains("after 1.3 epochs: " + SWITCH);
    JsonNode event = json(report).at("/training/events/0");
    assertThat(event.path("epoch").asDouble()).isEqualTo(1.25);
    assertThat(event.path("text").asText()).isEqualTo(SWITCH);
  }

  private static String page(HardeningReport report) {
    return HardeningPage.of(report, json(report));
  }

  private static JsonNode json(HardeningReport report) {
    Report base = new Report("harden", 1, Instant.EPOCH);
    report.fill(base);
    return base.toJson();
  }

  private static HardeningReport report(
      Ended ended, int asked, int planned, List<TrainingEvent> events) {
    EpochFigures first = new EpochFigures(1, 0.9, 0.8, 0.5, 0.96, 0.3, 0.9, true, 0.02, 60);
    EpochFigures last = new EpochFigures(2, 0.5, 0.9, 0.6, 0.98, 0.4, 1, true, 0.01, 120);
    return new HardeningReport(
        "./stopline harden --time 2m",
        "in.tflite",
        new HardeningReport.Training(
            "fgsm-rs",
            "one step",
            Map.of("epochs", Integer.toString(asked)),
            new HardeningReport.Data("signs", 100, 10, 0, 20, 5),
            1000,
            new TrainingOutcome(
                ended, asked, planned, 2, 40, last, List.of(first, last), events, 120)),
        "validation",
        0,
        List.of(
            new ModelFigures(
                Role.AFTER, "out.tflite", "abc", 1234, Rate.of(19, 20), List.of(), List.of())),
        Optional.empty(),
        List.of());
  }
}
