package io.stopline.evaluation.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.robustness.Fallacy.Rule;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RobustnessPageTest {

  @Test
  void warningsStandBeforeAnyFigureAndTakeAwayTheWordRobust() {
    RobustnessReport report =
        report(List.of(new Fallacy(Rule.MASKED_GRADIENTS, "gradients are masked: <so> it is")));
    String page = page(report);
    assertThat(page).contains("Gradients are masked: &lt;so&gt; it is.");
    assertThat(page.indexOf("Gradients are masked")).isLessThan(page.indexOf("Clean accuracy"));
    assertThat(page).contains("Accuracy under these attacks").doesNotContain("Robust accuracy<");

    JsonNode json = json(report);
    assertThat(json.at("/warnings/0").asText()).startsWith("gradients are masked");
    assertThat(json.at("/warnings/1").asText()).contains("nothing here is called robust");
    assertThat(json.get("robustWithheld").asBoolean()).isTrue();
    assertThat(json.at("/fallacies/0/rule").asText()).isEqualTo("masked-gradients");
  }

  @Test
  void withoutWarningsItIsCalledRobustAccuracy() {
    String page = page(report(List.of()));
    assertThat(page).contains("Robust accuracy", "Nothing speaks against these figures");
  }

  @Test
  void thePageNeedsNothingElse() {
    String page = page(report(List.of()));
    assertThat(page).doesNotContain("<script", "<link", "url(", "http:", "https:");
    assertThat(page).contains("prefers-color-scheme:dark", "<svg", "data:image/png;base64,");
    assertThat(page).contains("./stopline attack --model m.tflite", "Stop &amp; go", "8/255");
  }

  @Test
  void eachAttackHasARowOfItsOwnInTheTableOfThreatModels() {
    RobustnessReport report = report(List.of());
    String page = page(report);
    String table = page.substring(page.indexOf("<h2>Threat model</h2>"));
    table = table.substring(0, table.indexOf("</section>"));
    assertThat(table).contains("<th>pgd</th>", "<th>square</th>", ">102<", ">65\u202f000<");
    assertThat(table).contains("digital; L∞ at most 8/255");
    JsonNode threats = json(report).path("threatModels");
    assertThat(threats).hasSize(2);
    assertThat(threats.at("/1/attack").asText()).isEqualTo("square");
    assertThat(threats.at("/1/budget/queries").asInt()).isEqualTo(65_000);
    assertThat(threats.at("/1/queriesAsked").asInt()).isEqualTo(4000);
  }

  @Test
  void theHeadSaysWhatWasTestedWhenHowAndWhere() {
    RobustnessReport report = report(List.of());
    String head = page(report);
    head = head.substring(head.indexOf("<header>"), head.indexOf("</header>"));
    assertThat(head)
        .contains("Attack on m.tflite", "SHA-256 abc", "2026-12-01 03:07:58 UTC")
        .contains("./stopline attack --model m.tflite", "Machine", "Stopline");
    assertThat(json(report).path("date").asText()).isEqualTo("2026-12-01T03:07:58Z");
  }

  @Test
  void onPaperColoursStayAndThePageIsBright() {
    String page = page(report(List.of()));
    String print = page.substring(page.indexOf("@media print"), page.indexOf("</style>"));
    assertThat(print).contains("print-color-adjust:exact", "color-scheme:light", "break-inside");
    assertThat(page).contains("@media screen and (prefers-color-scheme:dark)");
  }

  @Test
  void oneShareHasOneName() {
    for (List<Fallacy> fallacies :
        List.of(List.<Fallacy>of(), List.of(new Fallacy(Rule.MASKED_GRADIENTS, "masked")))) {
      String page = page(report(fallacies));
      String body = page.substring(page.indexOf("<body>"));
      assertThat(body).doesNotContainIgnoringCase("standing");
      assertThat(body.contains("Robust accuracy")).isEqualTo(fallacies.isEmpty());
      assertThat(body.contains("Accuracy under these attacks")).isEqualTo(!fallacies.isEmpty());
    }
  }

  @Test
  void theNamesThatGatesReadAreThere() {
    JsonNode json = json(report(List.of()));
    assertThat(json.at("/robustAccuracy/value").asDouble()).isEqualTo(0.5);
    assertThat(json.at("/robustAccuracy/of").asInt()).isEqualTo(1000);
    assertThat(json.at("/cleanAccuracy/count").asInt()).isEqualTo(980);
    assertThat(json.at("/attackSuccessRate/low").asDouble()).isBetween(0.4, 0.5);
    assertThat(json.at("/attacks/0/name").asText()).isEqualTo("pgd");
    assertThat(json.at("/attacks/0/robustAccuracy/count").asInt()).isEqualTo(500);
    assertThat(json.at("/attacks/0/queries").asInt()).isEqualTo(4000);
    assertThat(json.at("/attacks/0/seconds").asDouble()).isEqualTo(1.5);
    assertThat(json.at("/sanity/probes")).hasSize(7);
    assertThat(SanityFigures.of(json.get("sanity"))).isEqualTo(FallacyGuardTest.honest());
  }

  private static String page(RobustnessReport report) {
    return RobustnessPage.of(report, json(report));
  }

  private static JsonNode json(RobustnessReport report) {
    Report base =
        new Report("attack", 1, Instant.parse("2026-12-01T03:07:58.25Z"))
            .data("signs", "test", 1000, null)
            .hash("model", "abc");
    report.fill(base);
    return base.toJson();
  }

  private static RobustnessReport report(List<Fallacy> fallacies) {
    float[] clean = new float[12];
    float[] attacked = clean.clone();
    attacked[5] = 8 / 255f;
    return new RobustnessReport(
        "m.tflite",
        "./stopline attack --model m.tflite",
        fallacies,
        List.of("a sample of 1000 of the 12630 inputs"),
        Rate.of(980, 1000),
        Rate.of(500, 1000),
        Rate.of(480, 980),
        List.of(
            FallacyGuardTest.attack("pgd", Access.GRADIENTS, 980, 480, 0),
            FallacyGuardTest.attack("square", Access.SCORES, 500, 0, 0, 65_000)),
        false,
        FallacyGuardTest.honest(),
        List.of(new ClassFigures("Stop & go", 10, 9, 4)),
        List.of(ExamplePicture.of(7, "pgd", "Stop & go", "Yield", 2, 2, clean, attacked)),
        null,
        List.of(
            new ControlCurve(
                "adaptive", List.of(new ControlCurve.Point(8.0 / 255, Rate.of(1, 50))))));
  }
}
