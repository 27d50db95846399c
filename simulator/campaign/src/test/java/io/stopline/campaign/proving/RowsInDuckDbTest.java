package io.stopline.campaign.proving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A campaign's table in the database that its documentation names. */
class RowsInDuckDbTest {

  private static final Pattern QUERY = Pattern.compile("duckdb -c \"([^\"]+)\"");

  @TempDir private Path folder;
  private final List<Row> rows = new ArrayList<>();

  @BeforeEach
  void write() throws Exception {
    for (int track = 0; track < 12; track++) {
      for (String guard : List.of("shipped", "meine, \"Größe\" 标志", Row.UNDEFENDED)) {
        boolean weak = guard.equals(Row.UNDEFENDED);
        rows.add(row(track, guard, Row.CLEAN, "", weak && track == 3, track == 5));
        rows.add(row(track, guard, Row.BENIGN, "", track == 7, track % 6 == 0));
        rows.add(row(track, guard, Row.ATTACK, "aware", track % 3 == 0, track % 2 == 0));
        rows.add(row(track, guard, Row.ATTACK, "un'aware", weak || track < 2, false));
      }
    }
    new CampaignResults(
            Campaigns.of(12), List.of(), rows, null, "./stopline campaign mine", Instant.EPOCH)
        .write(folder, "mine.yaml");
  }

  @Test
  void theQueryOfTheDocumentationGivesTheFiguresOfTheReport() throws Exception {
    Path root = Path.of(System.getProperty("stopline.root", "../.."));
    Matcher query = QUERY.matcher(Files.readString(root.resolve("docs/campaigns.md")));
    assertThat(query.find()).isTrue();
    JsonNode figures =
        new ObjectMapper().readTree(folder.resolve("report.json").toFile()).path("figures");

    Map<String, Double> shares = new TreeMap<>();
    ask(
        query.group(1),
        line -> {
          String variant = line.getString("variant");
          String of = variant.equals(Row.ATTACK) ? line.getString("attacker") : variant;
          shares.put(line.getString("guard") + "/" + of, line.getDouble("undetected"));
        });

    Map<String, Double> expected = new TreeMap<>();
    for (Map.Entry<String, JsonNode> guard : figures.properties()) {
      for (Map.Entry<String, JsonNode> of : guard.getValue().properties()) {
        JsonNode rate = of.getValue().path("undetected");
        assertThat(rate.path("of").asInt()).isEqualTo(12);
        expected.put(guard.getKey() + "/" + of.getKey(), rate.path("count").asInt() / 12.0);
      }
    }
    assertThat(expected).hasSize(3 * 4).containsValues(0.0, 1.0);
    assertThat(shares).isEqualTo(expected);
  }

  @Test
  void everyCellComesBackAsTheTypeThatItIs() throws Exception {
    Map<String, String> types = new TreeMap<>();
    ask(
        "describe select * from read_csv_auto('rows.csv')",
        line -> types.put(line.getString("column_name"), line.getString("column_type")));
    assertThat(types)
        .hasSize(rows.get(0).toJson().size())
        .containsEntry("wrongInForce", "BOOLEAN")
        .containsEntry("suspected", "BOOLEAN")
        .containsEntry("foundAtMetres", "DOUBLE")
        .containsEntry("smallestPValue", "DOUBLE")
        .containsEntry("smallestMargin", "DOUBLE")
        .containsEntry("scenarioSeed", "BIGINT")
        .containsEntry("nearFrames", "BIGINT")
        .containsEntry("guard", "VARCHAR");

    List<Row> back = new ArrayList<>();
    ask(
        "select * from read_csv_auto('rows.csv')",
        line -> {
          Row row = rows.get(back.size());
          assertThat(line.getLong("track")).isEqualTo(row.track());
          assertThat(line.getString("condition")).isEqualTo(row.condition());
          assertThat(line.getString("guard")).isEqualTo(row.guard());
          assertThat(line.getLong("scenarioSeed")).isEqualTo(row.scenarioSeed());
          assertThat(line.getDouble("coveredShare")).isEqualTo(row.coveredShare());
          double found = line.getDouble("foundAtMetres");
          assertThat(line.wasNull() ? (Double) Double.NaN : (Double) found)
              .isEqualTo((Double) row.foundAtMetres());
          assertThat(line.getBoolean("wrongInForce")).isEqualTo(row.wrongInForce());
          back.add(row);
        });
    assertThat(back).hasSameSizeAs(rows);
  }

  private interface Line {
    void read(ResultSet line) throws SQLException;
  }

  private void ask(String query, Line each) throws SQLException {
    String there = folder.resolve("rows.csv").toString().replace("'", "''");
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement();
        ResultSet lines = statement.executeQuery(query.replace("'rows.csv'", "'" + there + "'"))) {
      while (lines.next()) {
        each.read(lines);
      }
    }
  }

  private static Row row(
      int track, String guard, String variant, String attacker, boolean wrong, boolean suspected) {
    Standing standing = wrong ? Standing.WRONG : suspected ? Standing.SUSPECTED : Standing.RIGHT;
    return new Row(
        track,
        14,
        track % 2 == 0 ? "fog, \"thick\"" : "Dämmerung",
        12.5 + track / 7.0,
        19.25,
        track == 1 ? Long.MIN_VALUE + 1 : 1L << 60,
        "stickers",
        variant,
        attacker,
        track / 30.0,
        100,
        guard,
        "shipped",
        30,
        20,
        track == 4 ? Double.NaN : 55.5,
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
        1,
        guard.equals(Row.UNDEFENDED) ? Double.NaN : 1e-4,
        suspected ? "agreement" : "",
        -track / 30.0,
        suspected ? 1 : 0,
        0);
  }
}
