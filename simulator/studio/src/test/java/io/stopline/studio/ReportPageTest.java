package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.robustness.Html;
import io.stopline.evaluation.robustness.Plot;
import io.stopline.evaluation.robustness.ReportPage;
import io.stopline.evaluation.robustness.Threat;
import io.stopline.evaluation.robustness.ThreatRow;
import io.stopline.testing.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The template of all report pages in a real browser: narrow and wide, bright and dark. */
class ReportPageTest {

  @Test
  void thePageFitsAPhoneAndHasNoSeriousBarrier(@TempDir Path folder) throws Exception {
    Browser.assumePresent();
    Path file = folder.resolve("report.html");
    Files.writeString(file, page());
    for (int width : new int[] {390, 1280}) {
      try (Browser browser = new Browser(file.toUri(), width, 844)) {
        assertThat(browser.evaluate("document.documentElement.scrollWidth"))
            .isEqualTo(Integer.toString(width));
        assertThat(browser.complaints()).isEmpty();
        for (boolean dark : new boolean[] {false, true}) {
          browser.dark(dark);
          browser.await(
              "getComputedStyle(document.body).backgroundColor === 'rgb(%s)'"
                  .formatted(dark ? "20, 23, 26" : "251, 250, 247"));
          assertThat(Axe.seriousFindings(browser)).isEmpty();
          browser.picture(
              Path.of(
                  "target", "page", "report-%d-%s.png".formatted(width, dark ? "dark" : "light")));
        }
        assertThat(browser.texts(".threats tbody tr")).hasSize(2);
        assertThat(browser.text("header")).contains("2026-12-01 03:07:58 UTC", "SHA-256");
      }
    }
  }

  private static String page() {
    ObjectNode json =
        new Report("attack", 7, Instant.parse("2026-12-01T03:07:58Z"))
            .hash("model:signs", "bce182d00c1feaaf751f133a2714420fce56be4d227b11167b05f69e3581384")
            .toJson();
    return new ReportPage(
            "Stopline attack report",
            "Attack on a-model-with-a-rather-long-name-int8.tflite",
            "100 inputs of signs, split “validation”",
            "./stopline attack --model a-model-with-a-rather-long-name-int8.tflite --data signs",
            json)
        .doubts(List.of("Gradients vanish."), "", "So nothing here is called robust.")
        .notes(List.of("a sample of 100 of the 3990 inputs"))
        .add("<section class=\"cards\">")
        .add(Html.card("Clean accuracy", Rate.of(98, 100), 0, "right before anything is done"))
        .add("</section>")
        .threats(
            List.of(
                new ThreatRow("pgd", threat("white box", 41), 98, 4018),
                new ThreatRow("square", threat("score queries", 65_000), 20, 1_300_000)))
        .add("<section>")
        .add(
            new Plot(
                    "Inputs broken",
                    Plot.Axis.linear("budget", 0, 8, 0, Html::number),
                    Plot.SHARES,
                    4,
                    List.of(
                        new Plot.Series("noise", 0, List.of(0.0, 8.0), List.of(0.0, 0.1)),
                        new Plot.Series("steps", 1, List.of(0.0, 8.0), List.of(0.0, 0.9))))
                .draw())
        .add("</section>")
        .write();
  }

  private static Threat threat(String knowledge, long queries) {
    ObjectNode model =
        JsonNodeFactory.instance
            .objectNode()
            .put("goal", "untargeted")
            .put("knowledge", knowledge)
            .put("guardKnown", false)
            .put("guard", "none")
            .put("capability", "digital");
    model
        .putObject("budget")
        .put("norm", "linf")
        .put("epsilon", 8.0 / 255)
        .put("rounding", true)
        .put("queries", queries)
        .put("draws", 1);
    return new Threat("untargeted, " + knowledge, model);
  }
}
