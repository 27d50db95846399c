package io.stopline.studio.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.studio.Axe;
import io.stopline.testing.Browser;
import io.stopline.testing.ListeningSockets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real page server with a recorded demonstration, looked at by a real browser. */
@Timeout(240)
class LivePageTest {

  /** Screenshots for people to look at. */
  private static final Path PICTURES = Path.of("target", "page");

  @Test
  void thePageShowsADemonstrationFromTheSearchToTheIncident() throws Exception {
    Browser.assumePresent();
    try (RecordedDemo demo = new RecordedDemo();
        Browser browser = new Browser(1280, 720)) {
      browser.dark(false);
      browser.open(demo.uri("/"));
      browser.await("document.querySelector('#live.on') !== null");
      browser.await("document.querySelector('#waiting').textContent.includes('Starting')");

      demo.film(Part.CLEAN);
      demo.search(false);
      browser.await("document.querySelector('#searching progress')?.value === 0.75");
      browser.await("document.querySelector('#searching img').naturalWidth > 0");
      assertThat(text(browser, "#searching")).contains("512 times").contains("75 %");
      assertThat(text(browser, "#steps .now")).contains("Search");
      browser.picture(PICTURES.resolve("search-light.png"));

      demo.search(true);
      demo.play(Part.CLEAN, RecordedDemo.FRAMES);
      browser.await("document.querySelector('#caption').textContent.includes('frame 40 of 40')");
      browser.await("document.querySelector('#overlay .ACCEPT .box') !== null");
      assertThat(text(browser, "#bare")).contains("Stop").contains("right");
      assertThat(text(browser, "#guarded")).contains("accept").contains("Stop");
      assertThat(text(browser, "#announce")).contains("Guard: accepts Stop");

      demo.film(Part.ATTACKED);
      demo.play(Part.ATTACKED, 30);
      browser.await("document.querySelector('#caption').textContent.includes('frame 30 of 40')");
      browser.await("document.querySelector('#overlay .SUSPECT .box') !== null");
      assertThat(text(browser, "#bare")).contains("Speed limit").contains("wrong");
      assertThat(text(browser, "#guarded")).contains("suspect");
      assertThat(text(browser, "#overlay")).contains("suspect");
      assertThat(inkOf(browser, "#chart-bare")).isGreaterThan(200);
      assertThat(inkOf(browser, "#chart-guard")).isGreaterThan(200);
      browser.picture(PICTURES.resolve("attacked-light.png"));

      demo.film(Part.CONTROL);
      demo.play(Part.CONTROL, RecordedDemo.FRAMES);
      demo.end();
      browser.await("document.querySelector('#incident a') !== null");
      assertThat(browser.evaluate("document.querySelector('#incident a').href"))
          .isEqualTo("http://127.0.0.1:1/#incident-1");
      // All that matters is on one screen.
      for (String column : new String[] {".watch", ".judge", ".charts"}) {
        assertThat(
                browser.evaluate(
                    "(e => e.scrollHeight - e.clientHeight)(document.querySelector('"
                        + column
                        + "'))"))
            .as(column)
            .isEqualTo("0");
      }
      assertThat(bottom(browser, "#incident a")).isLessThanOrEqualTo(720);
      assertThat(bottom(browser, "#drives")).isLessThanOrEqualTo(720);
      browser.dark(true);
      browser.await("getComputedStyle(document.body).backgroundColor === 'rgb(16, 18, 22)'");
      browser.await("document.querySelector('#caption').textContent.startsWith('Altered sign')");
      browser.picture(PICTURES.resolve("end-dark.png"));
      assertThat(browser.complaints()).isEmpty();
      assertThat(Axe.seriousFindings(browser)).isEmpty();
      browser.dark(false);
      browser.await("getComputedStyle(document.body).backgroundColor === 'rgb(244, 245, 247)'");
      assertThat(Axe.seriousFindings(browser)).isEmpty();
      browser.picture(PICTURES.resolve("end-light.png"));
    }
  }

  @Test
  void framesAreLookedBackAtWithKeysAndButtons() throws Exception {
    Browser.assumePresent();
    try (RecordedDemo demo = new RecordedDemo();
        Browser browser = new Browser(1280, 720)) {
      for (Part part : Part.values()) {
        demo.film(part);
        demo.play(part, RecordedDemo.FRAMES);
      }
      demo.end();
      // A page that comes late sees all of it.
      browser.open(demo.uri("/"));
      browser.await("document.querySelector('#caption').textContent.startsWith('Altered sign')");
      browser.click("[data-drive=clean]");
      browser.await("document.querySelector('#caption').textContent.startsWith('Clean sign')");
      String at = "document.querySelector('#scrub').value";
      browser.evaluate("document.activeElement.blur()");
      browser.press("ArrowLeft");
      browser.await(at + " === '38'");
      browser.press("ArrowRight");
      browser.await(at + " === '39'");
      browser.evaluate(
          "(s => { s.value = 3; s.dispatchEvent(new Event('input')); })"
              + "(document.querySelector('#scrub'))");
      browser.await("document.querySelector('#caption').textContent.includes('frame 4 of 40')");
      browser.await("document.querySelector('#overlay .truth') !== null");
      assertThat(text(browser, "#guarded")).contains("Not found yet");
      browser.click("#play");
      browser.await(at + " > 5");
      browser.click("#play");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void theResultIsToldInFourNumbersWhichAreTheReports() throws Exception {
    Browser.assumePresent();
    try (RecordedDemo demo = new RecordedDemo();
        Browser browser = new Browser(1280, 720)) {
      browser.open(demo.uri("/"));
      for (Part part : Part.values()) {
        demo.film(part);
        demo.play(part, RecordedDemo.FRAMES);
        assertThat(browser.evaluate("document.querySelector('#result').hidden")).isEqualTo("true");
      }
      demo.end();

      browser.await("document.querySelector('#result [data-figure]') !== null");
      JsonNode report = demo.board().figures(Part.ATTACKED).toJson();
      assertThat(report.path("acceptedErrors").asInt()).isZero();
      assertThat(report.path("suspectFrames").asInt()).isPositive();
      assertThat(report.path("notInspectedFrames").asInt()).isPositive();
      assertThat(report.path("inspectedFrames").asInt() + report.path("notInspectedFrames").asInt())
          .isEqualTo(report.path("nearFrames").asInt());
      assertThat(figure(browser, "undefended-errors"))
          .isEqualTo(of(report, "undefendedErrors", "undefendedFrames") + " near");
      assertThat(figure(browser, "accepted-errors"))
          .isEqualTo(of(report, "acceptedErrors", "inspectedFrames") + " judged");
      assertThat(figure(browser, "suspect-frames"))
          .isEqualTo(of(report, "suspectFrames", "inspectedFrames") + " judged");
      assertThat(figure(browser, "incidents-stored"))
          .isEqualTo(report.path("incidentsStored").asText());
      assertThat(browser.text("#result h2"))
          .contains("fooled the bare ensemble, not the guarded one");
      // What the guard did not look at has a column of its own and is hatched in its chart.
      assertThat(browser.text("#drives [data-drive=attacked]"))
          .contains(report.path("notInspectedFrames").asText());
      assertThat(browser.text("#hatched")).isEqualTo("not looked at");
      assertThat(browser.evaluate("document.querySelector('#chart-guard').ariaLabel"))
          .contains("%d near frames".formatted(report.path("notInspectedFrames").asInt()))
          .contains("p = 0.05 or less");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void keysWorkWhateverHasTheFocus() throws Exception {
    Browser.assumePresent();
    try (RecordedDemo demo = new RecordedDemo();
        Browser browser = new Browser(1280, 720)) {
      for (Part part : Part.values()) {
        demo.film(part);
        demo.play(part, RecordedDemo.FRAMES);
      }
      demo.end();
      browser.open(demo.uri("/"));
      browser.await("document.querySelector('#caption').textContent.startsWith('Altered sign')");
      browser.click("[data-drive=clean]");
      String at = "document.querySelector('#scrub').value";
      browser.await(at + " === '39'");
      int frame = 39;
      for (String place : new String[] {"#tabs [data-drive=clean]", "#play", "#next", "#scrub"}) {
        browser.evaluate("document.querySelector('" + place + "').focus()");
        browser.await("document.activeElement.matches('" + place + "')");
        browser.press("ArrowLeft");
        frame--;
        browser.await(at + " === '" + frame + "'");
      }
      for (String place : new String[] {"#tabs [data-drive=clean]", "#scrub"}) {
        browser.evaluate("document.querySelector('" + place + "').focus()");
        browser.press(" ");
        browser.await("document.querySelector('#play').ariaLabel === 'Pause'");
        browser.press(" ");
        browser.await("document.querySelector('#play').ariaLabel === 'Play'");
      }
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void verdictsAreThoseOfThePictureEvenAfterTheEnd() throws Exception {
    Browser.assumePresent();
    try (RecordedDemo demo = new RecordedDemo();
        Browser browser = new Browser(1280, 720)) {
      for (Part part : Part.values()) {
        demo.film(part);
        demo.play(part, RecordedDemo.FRAMES);
      }
      demo.end();
      browser.open(demo.uri("/"));
      browser.await("document.querySelector('#caption').textContent.startsWith('Altered sign')");
      browser.await("!document.querySelector('#picture').hidden");
      demo.interrupt();
      browser.await("document.querySelector('#live.off') !== null");
      browser.click("#tabs [data-drive=clean]");
      browser.await("document.querySelector('#caption').textContent.startsWith('Clean sign')");
      assertThat(browser.text("#bare")).contains("right");
      assertThat(browser.text("#guarded")).contains("accept");
      assertThat(browser.evaluate("document.querySelector('#picture').hidden")).isEqualTo("true");
      assertThat(browser.evaluate("document.querySelector('#overlay').childElementCount"))
          .isEqualTo("0");
      assertThat(browser.text("#waiting")).contains("the demonstration has ended");
    }
  }

  @Test
  void aPhoneShowsAllOfItWithoutScrollingSideways() throws Exception {
    Browser.assumePresent();
    try (RecordedDemo demo = new RecordedDemo();
        Browser browser = new Browser(390, 844)) {
      browser.open(demo.uri("/"));
      demo.film(Part.CLEAN);
      demo.search(false);
      browser.await("document.querySelector('#searching img')?.naturalWidth > 0");
      assertFits(browser);
      browser.picture(PICTURES.resolve("search-phone.png"));
      demo.search(true);
      for (Part part : Part.values()) {
        demo.film(part);
        demo.play(part, RecordedDemo.FRAMES);
      }
      demo.end();
      browser.await("document.querySelector('#result [data-figure]') !== null");
      browser.await("document.querySelector('#incident img')?.naturalWidth > 0");
      browser.await("document.querySelector('#caption').textContent.includes('frame 40 of 40')");
      assertFits(browser);
      browser.picture(PICTURES.resolve("end-phone.png"));
      assertThat(browser.complaints()).isEmpty();
      for (boolean dark : new boolean[] {false, true}) {
        browser.dark(dark);
        browser.picture(PICTURES.resolve(dark ? "end-phone-dark.png" : "end-phone.png"));
        assertThat(Axe.seriousFindings(browser)).isEmpty();
      }
    }
  }

  private static void assertFits(Browser browser) throws Exception {
    assertThat(browser.evaluate("document.documentElement.scrollWidth")).isEqualTo("390");
    assertThat(
            browser.evaluate(
                "[...document.querySelectorAll('body *')].filter(e => e.offsetParent !== null"
                    + " && e.id !== 'announce' && e.getBoundingClientRect().right > 390.5)"
                    + ".map(e => e.tagName + '#' + e.id + '.' + e.className).join()"))
        .isEmpty();
  }

  /** A number of the result as the page shows it. */
  private static String figure(Browser browser, String name) throws Exception {
    return browser.text("#result [data-figure=" + name + "]").replaceAll("\\s+", " ").strip();
  }

  private static String of(JsonNode report, String part, String whole) {
    return report.path(part).asInt() + " of " + report.path(whole).asInt();
  }

  @Test
  void onlyThisMachineAndThisPageAreAnswered() throws Exception {
    try (RecordedDemo demo = new RecordedDemo()) {
      if (ListeningSockets.canBeSeen()) {
        assertThat(ListeningSockets.ofThisProcess())
            .filteredOn(at -> at.getPort() == demo.port())
            .isNotEmpty()
            .allMatch(at -> at.getAddress().isLoopbackAddress());
      }
      HttpClient http = HttpClient.newHttpClient();
      demo.film(Part.CLEAN);
      HttpResponse<String> page =
          http.send(
              HttpRequest.newBuilder(demo.uri("/")).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
          .contains("default-src 'none'");
      assertThat(page.headers().firstValue("X-Frame-Options")).contains("DENY");
      assertThat(status(demo, "127.0.0.1:" + demo.port())).contains("200");
      assertThat(status(demo, "evil.example")).contains("403");
      assertThat(status(demo, "127.0.0.1:1")).contains("403");
      HttpRequest foreign =
          HttpRequest.newBuilder(demo.uri("/api/state"))
              .header("Origin", "http://evil.example")
              .build();
      assertThat(http.send(foreign, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(403);
      HttpRequest change =
          HttpRequest.newBuilder(demo.uri("/api/state"))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      assertThat(http.send(change, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(405);
      String pictures = "/pictures/" + demo.board().setting().run();
      for (String absent :
          new String[] {
            "/pictures/another/frame/clean/0.jpg",
            pictures + "/frame/clean/999.jpg",
            pictures + "/frame/clean/..%2f0.jpg",
            "/api/drives/none"
          }) {
        assertThat(
                http.send(
                        HttpRequest.newBuilder(demo.uri(absent)).build(),
                        HttpResponse.BodyHandlers.discarding())
                    .statusCode())
            .as(absent)
            .isIn(400, 404);
      }
      // What the page loads is all there.
      for (String there :
          new String[] {
            "/app.js",
            "/stage.js",
            "/charts.js",
            "/panels.js",
            "/demo.css",
            "/style.css",
            "/view.js",
            "/icon.svg",
            "/uplot.js",
            "/uplot.css"
          }) {
        assertThat(
                http.send(
                        HttpRequest.newBuilder(demo.uri(there)).build(),
                        HttpResponse.BodyHandlers.discarding())
                    .statusCode())
            .as(there)
            .isEqualTo(200);
      }
    }
  }

  private static String text(Browser browser, String selector) throws Exception {
    return browser.evaluate("document.querySelector('" + selector + "').textContent");
  }

  /** Where an element ends, px from the top of the window. */
  private static double bottom(Browser browser, String selector) throws Exception {
    return Double.parseDouble(
        browser.evaluate(
            "document.querySelector('" + selector + "').getBoundingClientRect().bottom"));
  }

  /** How many strongly coloured pixels, which only lines have, a chart shows. */
  private static int inkOf(Browser browser, String selector) throws Exception {
    String url =
        browser.evaluate(
            "document.querySelector('" + selector + " canvas').toDataURL('image/png')");
    var picture =
        ImageIO.read(
            new ByteArrayInputStream(
                java.util.Base64.getDecoder().decode(url.substring(url.indexOf(',') + 1))));
    int ink = 0;
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int p = picture.getRGB(x, y);
        int r = p >> 16 & 0xff;
        int g = p >> 8 & 0xff;
        int b = p & 0xff;
        ink +=
            p >>> 24 > 200 && Math.max(r, Math.max(g, b)) - Math.min(r, Math.min(g, b)) > 60
                ? 1
                : 0;
      }
    }
    return ink;
  }

  private static String status(RecordedDemo demo, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), demo.port())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              ("GET /api/state HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return answer.substring(0, answer.indexOf('\r'));
    }
  }
}
