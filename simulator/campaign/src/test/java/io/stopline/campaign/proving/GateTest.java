package io.stopline.campaign.proving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class GateTest {

  private static final Gate GATE = gate(Campaigns.of(3));

  private static Gate gate(Campaign campaign) {
    Gate gate = campaign.gate();
    assertThat(gate).isNotNull();
    return gate;
  }

  @Test
  void limitsAreKeptByTheShareOrByItsInterval() {
    // 1 of 20 attacked undetected, no clean one suspected, 1 of 20 benign ones: its interval
    // reaches 24.9 %, above the limit of 20 %.
    GateResult result = GateResult.of(GATE, figures(20, 1, 0, 1), c -> null, List.of());

    assertThat(result.criteria())
        .extracting(GateResult.Checked::passed)
        .containsExactly(true, true, false);
    assertThat(result.passed()).isFalse();
    assertThat(GateResult.of(GATE, figures(40, 2, 0, 1), c -> null, List.of()).passed()).isTrue();
  }

  @Test
  void whatNoTrackSpeaksForClosesTheGate() {
    GateResult result = GateResult.of(GATE, new Figures(List.of()), c -> null, List.of());

    assertThat(result.passed()).isFalse();
    assertThat(result.closed()).hasSize(3).allMatch(reason -> reason.contains("run more tracks"));
  }

  @Test
  void aGateThatIsClosedFailsWhateverTheFigures() {
    assertThat(
            GateResult.of(GATE, figures(40, 0, 0, 0), c -> null, List.of("hashes differ")).passed())
        .isFalse();
  }

  @Test
  void aRegressionNeedsMoreThanTheToleranceAndIntervalsApart() {
    Gate loose = new Gate(GATE.guard(), loosened(), 0.02);
    Figures before = figures(200, 2, 0, 0);

    // 1 % before: 3 % now is within the interval, 15 % is not.
    assertThat(
            GateResult.of(
                    loose, figures(200, 6, 0, 0), c -> GateResult.rate(before, loose, c), List.of())
                .passed())
        .isTrue();
    GateResult worse =
        GateResult.of(
            loose, figures(200, 30, 0, 0), c -> GateResult.rate(before, loose, c), List.of());
    assertThat(worse.passed()).isFalse();
    assertThat(worse.criteria().get(0).worse()).isTrue();
    // Better is no regression.
    assertThat(
            GateResult.of(
                    loose,
                    before,
                    c -> GateResult.rate(figures(200, 30, 0, 0), loose, c),
                    List.of())
                .passed())
        .isTrue();
  }

  private static List<Gate.Criterion> loosened() {
    List<Gate.Criterion> criteria = new ArrayList<>();
    for (Gate.Criterion c : GATE.criteria()) {
      criteria.add(
          new Gate.Criterion(
              c.figure(),
              c.of(),
              null,
              null,
              java.util.OptionalDouble.of(1),
              java.util.OptionalDouble.empty(),
              false,
              c.line()));
    }
    return criteria;
  }

  @Test
  void theJUnitReportHasACaseACriterionAndAFailureForEachThatFailed() throws Exception {
    GateResult result =
        GateResult.of(GATE, figures(20, 1, 0, 1), c -> null, List.of("a <b> & \"c\" differ"));
    String xml = JUnitXml.of("mine", result, "./stopline campaign mine");

    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    Element suite = (Element) document.getElementsByTagName("testsuite").item(0);
    assertThat(suite.getAttribute("tests")).isEqualTo("4");
    assertThat(suite.getAttribute("failures")).isEqualTo("2");
    assertThat(document.getElementsByTagName("testcase").getLength()).isEqualTo(4);
    Element failure = (Element) document.getElementsByTagName("failure").item(0);
    assertThat(failure.getAttribute("message")).isEqualTo("a <b> & \"c\" differ");
    assertThat(failure.getTextContent()).contains("./stopline campaign mine");
  }

  @Test
  void theSarifLogHasAResultACriterionAtItsLine() throws IOException {
    GateResult result = GateResult.of(GATE, figures(20, 1, 0, 1), c -> null, List.of());
    JsonNode run =
        new ObjectMapper()
            .readTree(SarifLog.of("simulator/mine.yaml", result).toString())
            .path("runs")
            .path(0);

    assertThat(run.path("results")).hasSize(3);
    for (int i = 0; i < 3; i++) {
      JsonNode one = run.path("results").path(i);
      GateResult.Checked checked = result.criteria().get(i);
      assertThat(one.path("kind").asText()).isEqualTo(checked.passed() ? "pass" : "fail");
      assertThat(one.at("/locations/0/physicalLocation/region/startLine").asInt())
          .isEqualTo(checked.criterion().line());
      int rule = one.path("ruleIndex").asInt();
      assertThat(run.at("/tool/driver/rules/" + rule + "/id").asText())
          .isEqualTo(one.path("ruleId").asText());
    }
  }

  @Test
  void rowsComeBackFromTheirJsonAndHaveOneCellAColumn() {
    Figures figures = figures(2, 1, 1, 1);

    for (Row row : figures.rows()) {
      assertThat(Row.of(row.toJson())).isEqualTo(row);
    }
    String[] lines = RowTable.csv(figures.rows()).split("\n");
    assertThat(lines).hasSize(1 + figures.rows().size());
    int columns = lines[0].split(",", -1).length;
    assertThat(lines[1]).contains("\"fog, \"\"thick\"\"\"");
    assertThat(lines[1].replace("\"fog, \"\"thick\"\"\"", "x").split(",", -1)).hasSize(columns);
  }

  /** Tracks of which some went wrong. */
  private static Figures figures(int tracks, int undetected, int suspected, int benign) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < tracks; i++) {
      rows.add(row(i, Row.CLEAN, "", false, i < suspected));
      rows.add(row(i, Row.BENIGN, "", false, i < benign));
      rows.add(row(i, Row.ATTACK, "aware", i < undetected, false));
    }
    return new Figures(rows);
  }

  private static Row row(
      int track, String variant, String attacker, boolean wrong, boolean suspected) {
    Standing standing = wrong ? Standing.WRONG : suspected ? Standing.SUSPECTED : Standing.RIGHT;
    return new Row(
        track,
        14,
        "fog, \"thick\"",
        12.5,
        19.25,
        -5,
        "stickers",
        variant,
        attacker,
        0.1,
        100,
        "shipped",
        "shipped",
        30,
        20,
        55.5,
        standing,
        wrong ? 2 : 14,
        Manoeuvre.of(14, wrong ? 2 : 14, standing),
        !wrong,
        wrong,
        wrong ? 2 : -1,
        suspected,
        wrong ? 20 : 0,
        suspected ? 9 : 0,
        0,
        suspected ? 9 : 1,
        suspected ? 0.001 : 0.5,
        suspected ? "agreement" : "",
        0.25,
        suspected ? 1 : 0,
        0);
  }
}
