package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.studio.desk.Studio;
import io.stopline.testing.Browser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The studio as people use it: the real server, real drives and guards, a real browser. */
@Timeout(400)
final class StudioTest {

  /** Short and small, so that it is filmed and judged in seconds. */
  private static final String SCENARIO =
      """
      name: a short drive
      seed: 4
      camera: {framesPerSecond: 8, width: 640, height: 360}
      vehicle: {fromMetres: 22}
      signs:
        - class: 14
          alteration:
            stickers:
              - {x: 0.50, y: 0.22, width: 0.44, height: 0.09}
              - {x: 0.76, y: 0.50, width: 0.10, height: 0.16, colour: white}
      """;

  private static final String CAMPAIGN =
      """
      name: short
      drives:
        tracks: 1
        classes: [14]
        scenario:
          camera: {framesPerSecond: 6, width: 640, height: 360}
          vehicle: {speedMetresPerSecond: 12}
      alterations: [{kind: stickers}]
      attackers: [{name: unaware, knows: models, queries: 100}]
      """;

  /** Screenshots for people to look at. */
  private static final Path PICTURES = Path.of("target", "page");

  @TempDir private Path folder;

  private Studio studio(Path... opened) throws IOException {
    return new Studio(
        new Studio.Setting(
            List.of(opened), List.of(), List.of(BundleOptions.SHIPPED), folder.resolve("work"), 0),
        Apps::ownProcess);
  }

  private Path scenario() throws IOException {
    return Files.writeString(folder.resolve("short.yaml"), SCENARIO);
  }

  @Test
  void aScenarioIsTurnedDrivenScrubbedAndItsCommandGivesTheSameFigures() throws Exception {
    Browser.assumePresent();
    try (Studio studio = studio(scenario());
        Browser browser = new Browser(1280, 900)) {
      browser.open(URI.create(studio.address()));
      browser.await("document.querySelector('#crop').naturalWidth > 0");
      browser.await("document.querySelector('#frame').naturalWidth === 640");
      String before = browser.evaluate("document.querySelector('#frame').src");

      turn(browser, "/light/sunElevationDegrees", 8);
      browser.await("location.hash.includes('sunElevationDegrees=8')");
      browser.await("document.querySelector('#frame').src !== '" + before + "'");
      browser.picture(PICTURES.resolve("studio-live.png"));

      browser.click("#drive");
      awaitDrive(browser);
      assertThat(browser.texts(".pane-title")).containsExactly("Clean", "Attacked", "Benign");
      browser.await("document.querySelector('.view').dataset.fetchedattacked > 5");
      browser.await("document.querySelectorAll('.crops canvas').length === 4");
      assertThat(browser.texts(".members dt")).contains("res-int8");

      // Keys work wherever the focus is, on a button too.
      browser.evaluate("document.querySelector('#play').focus()");
      browser.press("ArrowRight");
      browser.press("ArrowRight");
      browser.await("document.querySelector('#scrub').value === '2'");
      browser.await("location.hash.includes('frame=2')");
      browser.press("End");
      browser.await(
          "document.querySelector('#at').textContent.startsWith(last())"
              .replace("last()", "String(Number(document.querySelector('#scrub').max) + 1)"));
      browser.picture(PICTURES.resolve("studio-drive.png"));

      String command = browser.text(".command code");
      List<String> shown = browser.texts("#figures tr[data-kind=attacked] td").subList(2, 9);
      JsonNode said = judged(command).path("drives").get(0);
      assertThat(shown)
          .containsExactly(
              said.path("nearFrames").asText(),
              said.path("undefendedErrors").asText(),
              said.path("acceptedErrors").asText(),
              said.path("suspectFrames").asText(),
              said.path("abstainedFrames").asText(),
              said.path("released").asInt() > 0 ? "right" : "none",
              said.path("incidentsSent").asText());
      assertThat(said.path("nearFrames").asInt()).isPositive();

      // What was driven is remembered beside the scenario.
      browser.evaluate("location.hash = '#/'");
      browser.await("document.querySelectorAll('.scenario .last').length > 0");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void aSearchIsStartedWatchedAndItsResultIsDriven() throws Exception {
    Browser.assumePresent();
    try (Studio studio = studio(scenario());
        Browser browser = new Browser(390, 850)) {
      browser.dark(true);
      browser.open(URI.create(studio.address()));
      browser.await("document.querySelector('#crop').naturalWidth > 0");
      browser.evaluate("document.querySelector('#queries').value = 60");
      browser.click("#search");
      awaitLong(browser, "document.querySelector('.view-jobs')?.dataset.state?.startsWith('done')");
      assertThat(browser.text("#output")).contains("near views not seen by the search");
      assertThat(browser.text(".command code")).contains("search").contains("--queries=60");
      browser.click(".jobhead a");
      awaitDrive(browser);
      // A phone is not scrolled sideways.
      assertThat(browser.evaluate("document.documentElement.scrollWidth")).isEqualTo("390");
      browser.picture(PICTURES.resolve("studio-phone-dark.png"));
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void aCampaignIsFilteredAndATrackOfItComesToTheSameFigures() throws Exception {
    Browser.assumePresent();
    Path file = Files.writeString(folder.resolve("campaign.yaml"), CAMPAIGN);
    Path run = folder.resolve("run");
    CommandLineRun done = CommandLineRun.of("campaign", file.toString(), "--out", run.toString());
    assertThat(done.exitCode()).as(done.err()).isZero();
    try (Studio studio = studio(run);
        Browser browser = new Browser(1920, 1000)) {
      browser.open(URI.create(studio.address()));
      browser.await("document.querySelectorAll('#rows tr').length === 3");
      choose(browser, "#filter-guard", "");
      browser.await("document.querySelectorAll('#rows tr').length === 6");
      choose(browser, "#filter-of", "unaware");
      choose(browser, "#filter-guard", "shipped");
      browser.await("document.querySelectorAll('#rows tr').length === 1");
      assertThat(browser.evaluate("location.hash")).contains("of=unaware");
      browser.picture(PICTURES.resolve("studio-campaign.png"));
      browser.click("#rows a");
      awaitDrive(browser);
      browser.await("document.querySelectorAll('.compared .same').length === 3");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void aBrokenScenarioIsShownWithItsLines() throws Exception {
    Browser.assumePresent();
    Path broken = Files.createDirectory(folder.resolve("some"));
    Files.writeString(broken.resolve("broken.yaml"), "seed: 1\nsigns:\n  - class: 99\n");
    try (Studio studio = studio(broken);
        Browser browser = new Browser(1280, 720)) {
      browser.open(URI.create(studio.address()));
      browser.await("document.querySelector('.broken .errors') !== null");
      assertThat(browser.text(".broken .errors")).contains("broken.yaml:3");
    }
  }

  @Test
  void onlyWhoKnowsTheKeyIsAnswered() throws Exception {
    try (Studio studio = studio(scenario())) {
      URI address = URI.create(studio.address());
      URI root = address.resolve("/");
      URI state = address.resolve("/api/state");
      assertThat(get(root).statusCode()).isEqualTo(401);
      assertThat(get(address.resolve("/?key=wrong")).statusCode()).isEqualTo(401);
      HttpResponse<String> opened = get(address);
      assertThat(opened.statusCode()).isEqualTo(302);
      String cookie = opened.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(cookie).contains("HttpOnly").contains("SameSite=Strict");
      String mine = cookie.split(";", 2)[0];
      assertThat(get(state, "Cookie", mine).statusCode()).isEqualTo(200);
      assertThat(get(state, "Cookie", mine, "Origin", "http://elsewhere.example").statusCode())
          .isEqualTo(403);
      assertThat(get(state, "Cookie", mine, "Sec-Fetch-Site", "cross-site").statusCode())
          .isEqualTo(403);
      assertThat(post(address.resolve("/api/jobs"), mine, "text/plain", "{}").statusCode())
          .isEqualTo(415);
      HttpResponse<String> unknown =
          post(address.resolve("/api/jobs"), mine, "application/json", "{\"what\": \"rm\"}");
      assertThat(unknown.statusCode()).isEqualTo(400);
      assertThat(unknown.body()).contains("nothing here is called 'rm'");
      // Files are opened by names that were found, not by paths.
      HttpResponse<String> outside =
          post(
              address.resolve("/api/scenario"),
              mine,
              "application/json",
              "{\"scenario\": \"../../etc/passwd\"}");
      assertThat(outside.statusCode()).isEqualTo(400);
      assertThat(outside.body()).contains("there is no scenario");
    }
  }

  private static JsonNode judged(String command) {
    List<String> words = Arrays.asList(command.split(" ", -1));
    assertThat(words.get(0)).isEqualTo("./stopline");
    CommandLineRun run =
        CommandLineRun.of(
            Stream.concat(words.stream().skip(1), Stream.of("--json", "-")).toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.json();
  }

  private static void turn(Browser browser, String pointer, double value) throws Exception {
    browser.evaluate(
        "(s => { s.value = %s; s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change')); })(document.querySelector('[data-pointer=\"%s\"]'))"
            .formatted(value, pointer));
  }

  private static void choose(Browser browser, String select, String value) throws Exception {
    browser.evaluate(
        "(s => { s.value = '%s'; s.dispatchEvent(new Event('change')); })(document.querySelector('%s'))"
            .formatted(value, select));
  }

  private static void awaitDrive(Browser browser) throws Exception {
    awaitLong(browser, "document.querySelector('.view-drive')?.dataset.phase === 'done'");
  }

  /** Filming, judging and searching may take longer than all else that a page is waited for. */
  private static void awaitLong(Browser browser, String condition) throws Exception {
    for (int i = 0; i < 2; i++) {
      try {
        browser.await(condition);
        return;
      } catch (AssertionError e) {
        continue;
      }
    }
    browser.await(condition);
  }

  private static HttpResponse<String> get(URI uri, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(URI uri, String cookie, String type, String body)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri)
                .header("Cookie", cookie)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
