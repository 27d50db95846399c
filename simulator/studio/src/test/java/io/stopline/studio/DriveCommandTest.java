package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.agent.source.MjpegCamera;
import io.stopline.agent.source.Picture;
import io.stopline.config.images.ImageFiles;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.sdk.image.Image;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code stopline drive}, on a small drive past two signs, one of them with a sticker. */
@Timeout(120)
final class DriveCommandTest {

  private static final String SCENARIO =
      """
      name: two signs
      seed: 5
      camera: {width: 320, height: 192, framesPerSecond: 10}
      vehicle: {speedMetresPerSecond: 10, toMetres: 13}
      signs:
        - class: 14
          alongMetres: 22
          alteration:
            stickers: [{x: 0.5, y: 0.2, width: 0.4, height: 0.1}]
        - {class: 12, alongMetres: 24, lateralMetres: -3}
      """;

  private static final int FRAMES = 13;

  private final ObjectMapper json = new ObjectMapper();

  @TempDir Path folder;
  private Path scenario = Path.of("");

  @BeforeEach
  void writeScenario() throws IOException {
    scenario = Files.writeString(folder.resolve("drive.yaml"), SCENARIO);
  }

  @Test
  void theSameScenarioGivesTheSameBytesOnAnyNumberOfThreads() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    CommandLineRun first = drive("--out", one.toString(), "--threads", "1");
    CommandLineRun second = drive("--out", two.toString(), "--threads", "2");
    assertThat(first.exitCode()).as(first.err()).isEqualTo(ExitCode.OK);
    assertThat(second.exitCode()).isEqualTo(ExitCode.OK);
    Map<String, byte[]> files = files(one);
    assertThat(files)
        .containsKeys(
            "frame-0000.jpg",
            "frame-0012.jpg",
            "ground-truth.jsonl",
            "scenario.yaml",
            "masks/frame-0000-sign-0.png")
        .hasSize(FRAMES + 2 + FRAMES);
    Map<String, byte[]> again = files(two);
    assertThat(again.keySet()).isEqualTo(files.keySet());
    files.forEach((name, bytes) -> assertThat(again.get(name)).as(name).isEqualTo(bytes));
    assertThat(sha256(first)).isEqualTo(sha256(second)).hasSize(64);
    assertThat(ScenarioFile.read(one.resolve("scenario.yaml")))
        .isEqualTo(ScenarioFile.read(scenario));

    Files.writeString(scenario, SCENARIO.replace("seed: 5", "seed: 6"));
    assertThat(sha256(drive())).isNotEqualTo(sha256(first));
  }

  @Test
  void theGroundTruthSaysWhereTheSignsAre() throws IOException {
    Path out = folder.resolve("out");
    assertThat(drive("--out", out.toString()).exitCode()).isEqualTo(ExitCode.OK);
    List<JsonNode> truth = new ArrayList<>();
    for (String line : Files.readAllLines(out.resolve("ground-truth.jsonl"))) {
      truth.add(json.readTree(line));
    }
    assertThat(truth).hasSize(FRAMES);
    JsonNode last = truth.get(FRAMES - 1);
    assertThat(last.path("frame").asInt()).isEqualTo(FRAMES - 1);
    assertThat(last.path("seconds").asDouble()).isEqualTo(1.2);
    assertThat(last.at("/signs/0/label").asText()).isEqualToIgnoringCase("stop");
    assertThat(last.at("/signs/1/class").asInt()).isEqualTo(12);
    // A pinhole: 0.9 m at 10 m distance with 160 / tan 26° px focal length.
    assertThat(last.at("/signs/0/heightPixels").asDouble()).isBetween(27.0, 32.0);
    // What the mask marks lies inside the sign's box.
    Image mask = ImageFiles.read(out.resolve("masks/frame-0012-sign-0.png"));
    JsonNode box = last.at("/signs/0/box");
    int marked = 0;
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        if (mask.data()[mask.index(x, y)] != 0) {
          marked++;
          assertThat(x).isBetween(box.get(0).asInt() - 1, box.get(0).asInt() + box.get(2).asInt());
          assertThat(y).isBetween(box.get(1).asInt() - 1, box.get(1).asInt() + box.get(3).asInt());
        }
      }
    }
    assertThat(marked).isBetween(20, 80);
  }

  @Test
  void aFolderWithSomethingInItIsNotTouchedUnlessForced() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Path mine = Files.writeString(out.resolve("mine.txt"), "mine");
    Path stale = Files.writeString(out.resolve("frame-9999.jpg"), "old");
    CommandLineRun refused = drive("--out", out.toString());
    assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(refused.err()).contains("is not empty").contains("--force");
    assertThat(stale).exists();
    assertThat(drive("--out", out.toString(), "--force").exitCode()).isEqualTo(ExitCode.OK);
    assertThat(stale).doesNotExist();
    assertThat(mine).hasContent("mine");
    assertThat(out.resolve("frame-0000.jpg")).exists();
  }

  @Test
  void judgingReportsBareAndGuardedVerdicts() throws IOException {
    Path report = folder.resolve("reports/drive.json");
    CommandLineRun run = drive("--json", report.toString(), "--gate");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode node = json.readTree(report.toFile());
    assertThat(node.path("command").asText()).isEqualTo("drive");
    assertThat(node.path("hashes").path("frames").asText()).isEqualTo(sha256(run));
    JsonNode drive = node.at("/drives/0");
    assertThat(drive.path("name").asText()).isEqualTo("two signs");
    assertThat(drive.path("attacked").asBoolean()).isTrue();
    assertThat(drive.path("frames").asInt()).isEqualTo(FRAMES);
    int near = 0;
    int wrong = 0;
    for (JsonNode frame : node.path("perFrame")) {
      for (JsonNode sign : frame.path("signs")) {
        near += sign.path("near").asBoolean() ? 1 : 0;
        wrong +=
            sign.path("near").asBoolean()
                    && sign.path("bareLabel").asInt() != sign.path("class").asInt()
                ? 1
                : 0;
      }
    }
    assertThat(drive.path("undefendedFrames").asInt()).isEqualTo(near).isPositive();
    assertThat(drive.path("undefendedErrors").asInt()).isEqualTo(wrong);
    for (String key :
        List.of("acceptedErrors", "suspectFrames", "inspectedFrames", "incidentsSent")) {
      assertThat(drive.path(key).isInt()).as(key).isTrue();
    }
    assertThat(run.out()).contains(near + " near frames");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--threads 0|--threads is 0; give 1 to 256",
        "--serve 99999|--serve is 99999; give a port",
        "--loop|give --serve PORT with it",
        "--force|give --out DIR with it",
        "--json /dev/null/x.json|cannot be written",
        "--report drive.json|write --judge --json drive.json for its data",
        "--out drive.yaml|is a file; name a folder",
        "--policy nosuch|nosuch",
      })
  void wrongUsageIsToldBeforeAnythingIsRendered(String options, String message) {
    String[] arguments = options.replace("drive.yaml", scenario.toString()).split(" ");
    CommandLineRun run = drive(arguments);
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "signs: [{class: 99}]|'class' is 99, but must be at most 42",
        "camera: {width: 100000, height: 100000};signs: []|must be at most 4096",
        "vehicle: {toMetres: 9999, speedMetresPerSecond: 0.1};signs: []|may have at most 18000",
        "signs: [{class: 1, photograph: drive.yaml}]|drive.yaml' is no JPEG or PNG picture",
        "background: {photographs: drive.yaml};signs: []|drive.yaml' is no JPEG or PNG picture",
        "camera: {horizontalFieldOfViewDegrees: 120, distortionK1: -0.3};signs: []|distortion",
      })
  void aBadScenarioIsRefusedInOneLine(String yaml, String message) throws IOException {
    Files.writeString(scenario, yaml.replace(';', '\n'));
    CommandLineRun run = drive();
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
  }

  @Test
  void anAgentWatchesTheServedDriveAndSeesItsFrames() throws Exception {
    try (PipedReader pipe = new PipedReader();
        PrintWriter out = new PrintWriter(new PipedWriter(pipe), true)) {
      StringWriter err = new StringWriter();
      CompletableFuture<Integer> ended =
          CompletableFuture.supplyAsync(
              () ->
                  Main.run(
                      out,
                      new PrintWriter(err, true),
                      "drive",
                      scenario.toString(),
                      "--serve",
                      "0"));
      JsonNode ready = json.readTree(new BufferedReader(pipe).readLine());
      assertThat(ready.path("ready").asBoolean()).isTrue();
      assertThat(ready.path("frames").asInt()).isEqualTo(FRAMES);
      List<String> names = new ArrayList<>();
      List<Image> seen = new ArrayList<>();
      try (MjpegCamera agent =
          new MjpegCamera(
              MjpegCamera.Settings.of(URI.create(ready.path("stream").asText())),
              ImageFiles::decode)) {
        for (Picture p = agent.next(); p != null; p = nextOrNull(agent)) {
          names.add(p.name());
          seen.add(p.image());
        }
      }
      assertThat(ended.get(90, TimeUnit.SECONDS)).as(err.toString()).isEqualTo(ExitCode.OK);
      assertThat(names).isNotEmpty().doesNotHaveDuplicates();
      Path written = folder.resolve("out");
      assertThat(drive("--out", written.toString()).exitCode()).isEqualTo(ExitCode.OK);
      Image last = ImageFiles.read(written.resolve("frame-0012.jpg"));
      assertThat(Arrays.equals(seen.get(seen.size() - 1).data(), last.data())).isTrue();
    }
  }

  @Test
  void aLoopGoesOnAndTellsTheTruthBesideIt() throws Exception {
    try (PipedReader pipe = new PipedReader();
        PrintWriter out = new PrintWriter(new PipedWriter(pipe), true)) {
      Thread camera =
          new Thread(
              () ->
                  Main.run(
                      out,
                      new PrintWriter(new StringWriter(), true),
                      "drive",
                      scenario.toString(),
                      "--serve",
                      "0",
                      "--loop"));
      camera.start();
      JsonNode ready = json.readTree(new BufferedReader(pipe).readLine());
      try (MjpegCamera agent =
          new MjpegCamera(
              MjpegCamera.Settings.of(URI.create(ready.path("stream").asText())),
              ImageFiles::decode)) {
        int begun = 0;
        int before = FRAMES;
        while (begun < 3) {
          Picture picture = agent.next();
          assertThat(picture).isNotNull();
          int frame = Integer.parseInt(String.valueOf(picture.name()).replaceAll("\\D", ""));
          begun += frame < before ? 1 : 0;
          before = frame;
        }
        JsonNode truth = json.readTree(get(ready.path("truth").asText()));
        assertThat(truth.at("/signs/0/label").asText()).isEqualToIgnoringCase("stop");
        assertThat(truth.path("frame").asInt()).isBetween(0, FRAMES - 1);
      } finally {
        camera.interrupt();
        camera.join(10_000);
      }
      assertThat(camera.isAlive()).isFalse();
    }
  }

  @Test
  void aPortThatIsTakenIsToldAtOnce() throws Exception {
    try (var other = new io.stopline.studio.camera.MjpegCamera(0)) {
      CommandLineRun run = drive("--serve", Integer.toString(other.port()));
      assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(run.err()).contains("port " + other.port() + " cannot be used");
    }
  }

  private static @Nullable Picture nextOrNull(MjpegCamera agent) {
    try {
      return agent.next();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("ended the stream");
      return null;
    }
  }

  private static String get(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private CommandLineRun drive(String... options) {
    String[] all = new String[options.length + 2];
    all[0] = "drive";
    all[1] = scenario.toString();
    System.arraycopy(options, 0, all, 2, options.length);
    return CommandLineRun.of(all);
  }

  private static String sha256(CommandLineRun run) {
    return run.out().replaceAll("(?s).*SHA-256 over all frames: (\\w+).*", "$1");
  }

  private static Map<String, byte[]> files(Path folder) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }
}
