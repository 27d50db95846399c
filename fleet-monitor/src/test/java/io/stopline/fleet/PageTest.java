package io.stopline.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.telemetry.HealthMessage;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.testing.Browser;
import io.stopline.testing.FaultTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the page shows, in a real browser, of more incidents than one list holds. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class PageTest {

  private static final int INCIDENTS = 130;
  private static final int OPEN = 20;
  private static final String HIDDEN = "front\u202ecam\u0085";

  private final Monitor monitor;
  private final PageClient page;
  private final Path store;

  PageTest(@TempDir Path folder) throws Exception {
    store = folder.resolve("data/incidents.db");
    Path secret = folder.resolve("secret");
    monitor =
        Monitor.start(
            new MonitorSettings(
                folder.resolve("data"),
                0,
                new MonitorSettings.BrokerSettings.Embedded(0, null),
                "Ada",
                Map.of("car-1", secret)));
    page = new PageClient(monitor.page());
    String password = Files.readString(secret).strip();
    try (TestDevice device = new TestDevice(monitor.broker(), "car-1", password, null).connect()) {
      device.birth(1, 0);
      for (int i = 0; i < INCIDENTS; i++) {
        IncidentMessage incident =
            device.incident(i, "Stop", HIDDEN, "randomised views disagree with the label");
        // The last one comes of a guard of somebody's detector.
        device
            .send(
                i < INCIDENTS - 1
                    ? incident
                    : TestDevice.ofDetector(
                        incident, IncidentMessage.Kind.VANISHED, "traffic \u202Elight"))
            .get(60, TimeUnit.SECONDS);
      }
      HealthMessage.Part fine = new HealthMessage.Part(HealthMessage.State.OK, "", Instant.EPOCH);
      HealthMessage.Part hangs =
          new HealthMessage.Part(
              HealthMessage.State.FAILED, "hangs in one frame for 9000 ms", Instant.EPOCH);
      device.health(INCIDENTS + 3, new HealthMessage.Components(hangs, fine, fine, fine, fine));
      page.await("/api/incidents?limit=1", all -> all.path("total").asInt() == INCIDENTS);
    }
    // The open ones are the oldest: beyond what one list shows.
    JsonNode newest = page.json("/api/incidents?limit=500").path("incidents");
    String token = page.token();
    for (int i = 0; i < INCIDENTS - OPEN; i++) {
      String path = "/api/incidents/" + newest.get(i).path("key").asText() + "/review";
      String verdict = i % 10 == 0 ? "CONFIRM" : "DISMISS";
      String body = "{\"verdict\":\"" + verdict + "\",\"reason\":\"snow\"}";
      assertThat(page.post(path, body, "X-Stopline-Token", token)).isEqualTo(201);
    }
  }

  @AfterAll
  void end() {
    monitor.close();
  }

  @Tag("faults")
  @Test
  void theStoreFiltersAndCountsPageByPage() throws Exception {
    JsonNode open = page.json("/api/incidents?filter=OPEN&limit=15");
    assertThat(open.path("incidents")).hasSize(15);
    assertThat(open.path("more").asBoolean()).isTrue();
    assertThat(open.path("counts").toString())
        .contains("\"OPEN\":20", "\"CONFIRMED\":11", "\"DISMISSED\":99", "\"ALL\":130");
    long last = open.path("incidents").get(14).path("key").asLong();
    JsonNode rest = page.json("/api/incidents?filter=OPEN&limit=15&before=" + last);
    assertThat(rest.path("incidents")).hasSize(5);
    assertThat(rest.path("more").asBoolean()).isFalse();
    rest.path("incidents").forEach(i -> assertThat(i.path("review").isNull()).isTrue());
    assertThat(page.get("/api/incidents?filter=SOME").statusCode()).isEqualTo(400);
    FaultTable.add(
        "page",
        "130 incidents, the 20 oldest are open",
        "nothing waits for a decision",
        "20 open, listed");
  }

  @Test
  void thePageShowsWhatWaitsHoweverOldItIsAndWhatTheGuardMadeOfIt() throws Exception {
    try (Browser browser = new Browser(monitor.page(), 1440, 900)) {
      browser.await("document.querySelectorAll('#incidents .card').length === 20");
      browser.await("document.querySelector('.title h1') !== null");
      assertThat(browser.texts("#filters b")).containsExactly("20", "11", "99", "130");
      assertThat(browser.evaluate("document.getElementById('older').hidden")).isEqualTo("true");
      assertThat(browser.text(".title h1")).startsWith("Suspect sign").contains("refused");
      assertThat(browser.texts(".card .name")).allMatch(name -> name.equals("Suspect sign"));
      // The last of four crops has the largest score and is the one that decided.
      assertThat(
              browser.evaluate(
                  "[...document.querySelectorAll('.strip button')].findIndex(b =>"
                      + " b.getAttribute('aria-pressed') === 'true')"))
          .isEqualTo("3");
      assertThat(browser.text(".rank")).contains("p = 0.004", "about 4");
      assertThat(browser.evaluate("document.querySelector('.scores meter').className"))
          .isEqualTo("SUSPECT");
      assertThat(browser.text(".lead")).contains("front\\u202Ecam\\u0085");
      browser.await("document.querySelector('#devices li') !== null");
      assertThat(browser.text("#devices"))
          .contains("loop failed: hangs in one frame for 9000 ms")
          .doesNotContain("camera");
      browser.picture(Path.of("target/pictures/desktop.png"));

      browser.click("#filters [data-filter=ALL]");
      browser.await("document.querySelectorAll('#incidents .card').length === 100");
      assertThat(browser.evaluate("document.querySelectorAll('.card.fresh').length"))
          .as("what was only not listed before is not new")
          .isEqualTo("0");
      assertThat(browser.text("#older")).contains("30 more");
      browser.click("#older");
      browser.await("document.querySelectorAll('#incidents .card').length === 130");
      browser.click("#filters [data-filter=CONFIRMED]");
      browser.await("document.querySelectorAll('#incidents .card').length === 11");
    }
  }

  @Test
  void anIncidentOfADetectorShowsWhatWasFoundAndWhereBesideWhatTheGuardSaw() throws Exception {
    JsonNode newest = page.json("/api/incidents?limit=1").path("incidents").get(0);
    assertThat(newest.path("kind").asText()).isEqualTo("VANISHED");
    String at = "#incident-" + newest.path("key").asText();
    try (Browser browser = new Browser(monitor.page().resolve(at), 1440, 900)) {
      browser.await("document.querySelector('.labels') !== null");
      assertThat(browser.text(".title h1")).startsWith("Vanished traffic \\u202Elight: read as");
      assertThat(browser.texts(".labels dd"))
          .containsExactly("traffic \\u202Elight at 75.0 %", "Stop at 91.3 %");
      assertThat(browser.evaluate("document.querySelector('.labels').className"))
          .as("the guard did not compare the two")
          .isEqualTo("labels");
      // The last crop has 64 px a side and is shown with 212: the box lies over what it means.
      assertThat(
              browser.evaluate(
                  "(() => { const crop = document.querySelector('.framed img')"
                      + ".getBoundingClientRect(), box = document.querySelector('.outline rect')"
                      + ".getBoundingClientRect(); return [box.x - crop.x, box.y - crop.y, box.width]"
                      + ".map(v => Math.round(v * 64 / crop.width)).join(); })()"))
          .isEqualTo("16,8,32");
      // What is proved, and where the label hangs: at (8, 16) of the model's 32 px a side.
      assertThat(browser.text(".certificate"))
          .contains("Certified, this frame")
          .contains("one patch cannot have another label accepted");
      assertThat(
              browser.evaluate(
                  "(() => { const crop = document.querySelector('.framed img')"
                      + ".getBoundingClientRect(), box = document.querySelector("
                      + "'.outline.window.holds rect').getBoundingClientRect();"
                      + " return [box.x - crop.x, box.y - crop.y, box.width, box.height]"
                      + ".map(v => Math.round(v * 64 / crop.width)).join(); })()"))
          .isEqualTo("16,32,16,24");
      browser.picture(Path.of("target/pictures/detector.png"));
    }
  }

  @Test
  void onANarrowScreenNothingIsCutOff() throws Exception {
    try (Browser browser = new Browser(monitor.page(), 420, 900)) {
      browser.await("document.querySelector('.title h1') !== null");
      assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"))
          .isEqualTo("true");
      browser.picture(Path.of("target/pictures/narrow.png"));
    }
  }

  // It damages a row, which no other test is to see.
  @Order(Integer.MAX_VALUE - 1)
  @Tag("faults")
  @Test
  void aDamagedRecordIsShownAsOneAndHidesNoOther() throws Exception {
    JsonNode dismissed = page.json("/api/incidents?filter=DISMISSED").path("incidents");
    String key = dismissed.get(0).path("key").asText();
    try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + store);
        Statement statement = database.createStatement()) {
      statement.executeUpdate(
          "UPDATE incident SET summary = replace(summary, 'Stop', 'Yield') WHERE key = " + key);
    }
    try (Browser browser = new Browser(monitor.page().resolve("#incident-" + key), 1440, 900)) {
      browser.await("document.querySelector('.title h1') !== null");
      assertThat(browser.text(".title h1")).isEqualTo("Damaged record");
      assertThat(browser.text(".detail"))
          .contains("This record is damaged")
          .doesNotContain("Yield");
      browser.click("#filters [data-filter=DISMISSED]");
      browser.await("document.querySelectorAll('#incidents .card').length === 99");
      assertThat(browser.texts(".card .name")).filteredOn("Damaged record"::equals).hasSize(1);
      browser.picture(Path.of("target/pictures/damaged.png"));
    }
    FaultTable.add(
        "page",
        "one damaged row",
        "the page is blank for all",
        "shown as damaged, 129 others as they are");
  }

  // It decides on an incident, which the others count.
  @Order(Integer.MAX_VALUE)
  @Tag("faults")
  @Test
  void aHalfWrittenReasonSurvivesAndNobodyIsOverruledWithoutAWord() throws Exception {
    JsonNode oldest = page.json("/api/incidents?filter=OPEN").path("incidents");
    String key = oldest.get(oldest.size() - 1).path("key").asText();
    try (Browser browser = new Browser(monitor.page().resolve("#incident-" + key), 1440, 900)) {
      browser.await("document.querySelector('.review textarea') !== null");
      browser.await("document.querySelector('#live').className === 'live on'");
      browser.type(".review textarea", "two stickers, and I am not done");

      String path = "/api/incidents/" + key + "/review";
      String other = "{\"verdict\":\"DISMISS\",\"reason\":\"only snow\",\"reviewer\":\"Grace\"}";
      assertThat(page.post(path, other, "X-Stopline-Token", page.token())).isEqualTo(201);
      browser.await("document.querySelector('.meanwhile').hidden === false");
      assertThat(browser.text(".meanwhile")).contains("Grace", "dismissed", "only snow");
      assertThat(browser.evaluate("document.querySelector('.review textarea').value"))
          .isEqualTo("two stickers, and I am not done");

      browser.click(".review .confirm");
      browser.await("document.querySelector('.meanwhile').innerText.includes('press again')");
      assertThat(page.json("/api/incidents/" + key).path("reviews")).hasSize(1);
      assertThat(browser.evaluate("document.querySelector('.review textarea').value"))
          .isEqualTo("two stickers, and I am not done");
      browser.picture(Path.of("target/pictures/overtaken.png"));

      browser.click(".review .confirm");
      browser.await("document.querySelectorAll('.review .history li').length === 2");
      JsonNode after = page.json("/api/incidents/" + key);
      assertThat(after.path("review").path("verdict").asText()).isEqualTo("CONFIRMED");
      assertThat(after.path("review").path("reason").asText()).startsWith("two stickers");
      browser.await("document.querySelector('.review textarea').value === ''");
    }
    FaultTable.add(
        "page",
        "two reviewers at once",
        "text wiped, first decision overruled in silence",
        "text kept, the other decision is shown first");
  }
}
