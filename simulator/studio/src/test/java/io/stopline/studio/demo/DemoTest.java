package io.stopline.studio.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.campaign.Found;
import io.stopline.config.Bundle;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.scene.scenario.Vehicle;
import io.stopline.testing.Browser;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole demonstration with real processes, but a short drive and a search so small that nothing
 * is promised of the stickers: what counts here is that everything is filmed, played, judged,
 * matched with the truth, stored and shown.
 */
@Timeout(600)
class DemoTest {

  private static final int STOP = 14;
  private static final int FRAMES = 30;
  private static final long QUERIES = 300;

  @TempDir private Path folder;

  @Test
  void threeDrivesAreFilmedPlayedJudgedAndShown() throws Exception {
    Path bundle = Bundle.locate("traffic-signs");
    List<String> steps = new ArrayList<>();
    SearchWatched watched = new SearchWatched(steps);
    try (Demo demo =
        new Demo(
            new Demo.Settings(
                folder,
                3,
                endOf(Approach.to(STOP, 3)),
                bundle.toAbsolutePath().toString(),
                Bundle.load(bundle),
                QUERIES,
                12,
                0,
                arguments -> java("io.stopline.agent.AgentMain", arguments),
                arguments -> java("io.stopline.fleet.MonitorMain", arguments)),
            watched)) {
      watched.open(demo.pageUrl());
      demo.run();

      assertThat(demo.figures()).extracting(DriveFigures::part).containsExactly(Part.values());
      for (DriveFigures d : demo.figures()) {
        assertThat(d.frames()).isEqualTo(FRAMES);
        assertThat(d.nearFrames()).isBetween(20, FRAMES);
        assertThat(d.undefendedFrames()).isEqualTo(d.nearFrames());
        // The agent may miss frames on a busy machine, but hardly many.
        assertThat(d.nearFramesJudged()).isBetween(d.nearFrames() / 2, d.nearFrames());
        assertThat(d.inspectedFrames()).isBetween(8, d.nearFramesJudged());
        assertThat(d.incidentsStored()).isEqualTo(d.incidentsSent());
      }
      DriveFigures clean = demo.figures().get(0);
      assertThat(clean.undefendedErrors()).isZero();
      assertThat(clean.acceptedErrors()).isZero();
      assertThat(clean.incidentsSent()).isZero();

      Found found = demo.found().orElseThrow();
      assertThat(found.coveredShare()).isBetween(0.01, 0.151);
      assertThat(found.queries()).isLessThan(2 * QUERIES);
      // What was played can be played again.
      Alteration played =
          ScenarioFile.read(demo.scenarioFile(Part.ATTACKED)).signs().get(0).alteration();
      assertThat(played).isEqualTo(found.alteration());
      assertThat(ScenarioFile.read(demo.scenarioFile(Part.CONTROL)).signs().get(0).alteration())
          .isInstanceOf(Alteration.Stickers.class)
          .isNotEqualTo(played);

      JsonNode state =
          new ObjectMapper()
              .readTree(
                  HttpClient.newHttpClient()
                      .send(
                          HttpRequest.newBuilder(URI.create(demo.pageUrl() + "api/state")).build(),
                          HttpResponse.BodyHandlers.ofString())
                      .body());
      assertThat(state.path("phase").asText()).isEqualTo("DONE");
      assertThat(state.path("fleetPage").asText()).isEqualTo(demo.fleetPage());
      // All that was missed has to do with how little was searched.
      assertThat(demo.missed()).allMatch(sentence -> !sentence.contains("clean"));
      assertThat(watched.complaints()).isEmpty();
      show(demo);
    }
  }

  /**
   * Looks at the page from its first moment on until the pictures of what was found are there: then
   * the browser leaves the machine to those that keep time.
   */
  private static final class SearchWatched implements Consumer<String> {
    private final List<String> steps;
    private final List<String> complaints = new ArrayList<>();
    private @Nullable Browser browser;

    SearchWatched(List<String> steps) {
      this.steps = steps;
    }

    void open(String page) throws Exception {
      browser = Browser.isPresent() ? new Browser(URI.create(page), 1280, 720) : null;
    }

    /** What the page complained of, such as a picture that was not there. */
    List<String> complaints() {
      assertThat(steps).anyMatch(SearchWatched::endsSearch);
      return complaints;
    }

    private static boolean endsSearch(String step) {
      return step.startsWith("filming the altered sign");
    }

    @Override
    public void accept(String step) {
      steps.add(step);
      if (!endsSearch(step) || browser == null) {
        return;
      }
      try (Browser open = browser) {
        open.await("document.querySelectorAll('#alteration img').length === 2");
        open.await(
            "[...document.querySelectorAll('#alteration img')].every(i => i.naturalWidth > 0)");
        complaints.addAll(open.complaints());
      } catch (Exception e) {
        throw new IllegalStateException("the page while the search ends", e);
      }
    }
  }

  /** What a real browser makes of a real demonstration. */
  private static void show(Demo demo) throws Exception {
    if (!Browser.isPresent()) {
      System.out.println("SKIPPED: the page in a browser; 'apt-get install chromium' shows it");
      return;
    }
    try (Browser browser = new Browser(URI.create(demo.pageUrl()), 1280, 720)) {
      DriveFigures attacked = demo.figures().get(1);
      browser.await("document.querySelector('#result [data-figure]') !== null");
      assertThat(browser.text("[data-figure=undefended-errors]").replaceAll("\\s+", " "))
          .isEqualTo(
              "%d of %d near".formatted(attacked.undefendedErrors(), attacked.undefendedFrames()));
      assertThat(browser.text("[data-figure=suspect-frames]").replaceAll("\\s+", " "))
          .isEqualTo(
              "%d of %d judged".formatted(attacked.suspectFrames(), attacked.inspectedFrames()));
      browser.await("document.querySelector('#caption').textContent.startsWith('Altered sign')");
      browser.await("document.querySelector('#picture').naturalWidth === 1280");
      browser.click("[data-drive=clean]");
      browser.await("document.querySelector('#caption').textContent.startsWith('Clean sign')");
      browser.await("document.querySelector('#overlay .ACCEPT .box') !== null");
      assertThat(browser.text("#bare")).contains("Stop").contains("right");
      browser.await("document.querySelector('#alteration img').naturalWidth > 0");
      browser.picture(Path.of("target", "page", "demo.png"));
      assertThat(browser.complaints()).isEmpty();
    }
  }

  /** The last frames of a drive. */
  private static Scenario endOf(Scenario s) {
    Vehicle v = s.vehicle();
    double way = FRAMES * v.speedMetresPerSecond() / s.camera().framesPerSecond();
    Vehicle late =
        new Vehicle(
            v.speedMetresPerSecond(), v.toMetres() - way, v.toMetres(), v.curvaturePerMetre());
    return new Scenario(s.name(), s.seed(), s.camera(), late, s.light(), s.background(), s.signs());
  }

  private static ProcessBuilder java(String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-Djava.awt.headless=true",
            "-cp",
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator)),
            main));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }
}
