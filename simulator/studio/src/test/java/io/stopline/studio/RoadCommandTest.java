package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.agent.source.MjpegCamera;
import io.stopline.agent.source.Picture;
import io.stopline.config.images.ImageFiles;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Image;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code evaluate --road} and {@code drive --still} on a few drawn frames and the shipped bundle.
 */
final class RoadCommandTest {

  private static final int STOP = 14;

  @TempDir Path folder;
  private Path road = Path.of("");

  /**
   * Two signs in the first frame, something red that is none in the second, nothing in the third.
   */
  @BeforeEach
  void draw() throws IOException {
    road = folder.resolve("road");
    Files.createDirectories(road.resolve("images"));
    frame("0.png", STOP, 300, 120, 64);
    frame("1.png", 13, 420, 90, 72);
    frame("2.png", -1, 0, 0, 0);
    Files.writeString(
        road.resolve("boxes.csv"),
        """
        image,left,top,right,bottom,class,split
        0.png,300,120,363,183,14,validation
        2.png,20,20,35,35,14,train
        """);
  }

  @Test
  void aReportHasTheNamesThatGatesRead() throws IOException {
    Path finds = folder.resolve("out/finds.csv");
    Path sheet = folder.resolve("out/sheet.png");
    Path picture = folder.resolve("out/picture.png");

    CommandLineRun run =
        evaluate(
            "--bundle",
            FinderBundle.byColourAndShape(folder.resolve("colour")).toString(),
            "--split",
            "validation",
            "--stills",
            "2",
            "--finds",
            finds.toString(),
            "--sheet",
            sheet.toString(),
            "--picture",
            "0.png=" + picture,
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode report = run.json();
    assertThat(report.path("command").asText()).isEqualTo("evaluate");
    assertThat(report.at("/data/split").asText()).isEqualTo("validation");
    assertThat(report.at("/data/inputs").asInt()).isEqualTo(2);
    assertThat(report.at("/hashes/data").asText()).hasSize(64);
    JsonNode node = report.get("road");
    assertThat(node.path("frames").asInt()).isEqualTo(2);
    assertThat(node.path("signs").asInt()).isEqualTo(1);
    assertThat(node.path("minimumSide").asInt()).isEqualTo(24);
    JsonNode colour = node.at("/finders/0");
    // The second frame's give-way sign is in no box: a false find.
    assertThat(colour.path("name").asText()).isEqualTo("colour-shape");
    assertThat(colour.at("/recall/count").asInt()).isEqualTo(1);
    assertThat(colour.at("/recall/of").asInt()).isEqualTo(1);
    assertThat(colour.at("/falseFindsPerFrame/value").asDouble()).isEqualTo(0.5);
    assertThat(colour.at("/falseFindsPerFrame/of").asInt()).isEqualTo(2);
    int decided = 0;
    for (String name :
        List.of("acceptedRight", "acceptedWrong", "suspected", "abstained", "dropped")) {
      assertThat(node.at("/guard/" + name + "/of").asInt()).as(name).isEqualTo(1);
      decided += node.at("/guard/" + name + "/count").asInt();
    }
    assertThat(decided).isEqualTo(1);
    double nonSigns = 0;
    for (String name : List.of("Suspected", "Accepted", "Abstained", "Dropped")) {
      nonSigns += node.at("/guard/nonSigns" + name + "PerFrame/value").asDouble();
    }
    assertThat(nonSigns).isEqualTo(0.5);
    assertThat(node.at("/stills/minutes").asDouble()).isEqualTo(2 * 36 * 33 / 60_000.0);
    for (String name : List.of("incidentsOnSigns", "incidentsElsewhere")) {
      assertThat(node.at("/stills/" + name).isInt()).as(name).isTrue();
    }
    assertThat(node.at("/stills/incidentsElsewherePerMinute").isNumber()).isTrue();
    assertThat(report.get("warnings").toString()).contains("no attack was run", "no detector");

    List<String> lines = Files.readAllLines(finds);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("image,left,top,right,bottom,score");
    assertThat(lines.get(1)).startsWith("0.png,").contains(",right,14,Stop,");
    assertThat(lines.get(2)).startsWith("1.png,").contains(",background,,,");
    assertThat(ImageFiles.read(sheet).width()).isEqualTo(1280);
    Image drawn = ImageFiles.read(picture);
    Image before = ImageFiles.read(road.resolve("images/0.png"));
    assertThat(drawn.width()).isEqualTo(before.width());
    assertThat(drawn.data()).isNotEqualTo(before.data());
  }

  @Test
  void aDetectorIsMeasuredAloneAndWithItsVerifier() throws IOException {
    // The toy finder's boxes are 24 px at 192×128, so 48 px here; its margin is an eighth.
    red("0.png", new Color(0xe01010), 168, 104, 0x303030);
    red("1.png", new Color(0xe01010), 96, 56, 0x303030);
    red("2.png", new Color(0x303030), 0, 0, 0x303030);
    Files.writeString(
        road.resolve("boxes.csv"),
        """
        image,left,top,right,bottom,class,split
        0.png,168,104,215,151,14,validation
        """);
    Path finds = folder.resolve("finds.csv");

    CommandLineRun run =
        evaluate(
            "--bundle",
            FinderBundle.in(folder.resolve("bundle")).toString(),
            "--policy",
            "int8",
            "--stills",
            "1",
            "--finds",
            finds.toString(),
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode node = run.json().get("road");
    assertThat(node.findValuesAsText("name"))
        .contains("detector", "detector+verifier", "colour-shape");
    JsonNode detector = node.at("/finders/0");
    assertThat(detector.path("name").asText()).isEqualTo("detector");
    assertThat(detector.path("threshold").asDouble()).isEqualTo(0.3);
    assertThat(detector.at("/recall/count").asInt()).isEqualTo(1);
    assertThat(detector.at("/falseFindsPerFrame/count").asInt()).isEqualTo(1);
    assertThat(detector.path("atFalseFindsPerFrame")).hasSize(4);
    JsonNode verified = node.at("/finders/1");
    assertThat(verified.path("threshold").asDouble()).isEqualTo(0.5);
    assertThat(verified.at("/recall/count").asInt()).isEqualTo(1);
    assertThat(node.at("/guard/finder").asText()).isEqualTo("detector");
    assertThat(node.at("/guard/notFound/count").asInt()).isZero();
    List<String> lines = Files.readAllLines(finds);
    String[] right = lines.get(1).split(",", -1);
    // Tight: the margin is for the guard alone.
    int width = Integer.parseInt(right[3]) - Integer.parseInt(right[1]) + 1;
    assertThat(width).isBetween(44, 52);
    double finder = Double.parseDouble(right[6]);
    double verifier = Double.parseDouble(right[7]);
    assertThat(Double.parseDouble(right[5])).isCloseTo(Math.sqrt(finder * verifier), within(1e-3));
    assertThat(lines.get(1)).contains(",right,14,Stop,");
  }

  private void red(String name, Color colour, int x, int y, int ground) throws IOException {
    BufferedImage picture = new BufferedImage(384, 256, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setColor(new Color(ground));
    g.fillRect(0, 0, 384, 256);
    g.setColor(colour);
    g.fillRect(x, y, 48, 48);
    g.dispose();
    ImageIO.write(picture, "png", road.resolve("images").resolve(name).toFile());
  }

  @Test
  void anIgnoredSignIsNeitherRightNorFalse() throws IOException {
    Path ignore =
        Files.writeString(
            folder.resolve("mine.csv"),
            "image,left,top,right,bottom,what\n1.png,420,90,491,152,give way\n");

    JsonNode road =
        evaluate(
                "--bundle",
                FinderBundle.byColourAndShape(folder.resolve("colour")).toString(),
                "--ignore",
                ignore.toString(),
                "--stills",
                "0",
                "--json",
                "-")
            .json()
            .get("road");

    assertThat(road.at("/finders/0/falseFindsPerFrame/count").asInt()).isZero();
    assertThat(road.path("signs").asInt()).isEqualTo(1);
    assertThat(road.path("stills").isNull()).isTrue();
  }

  @Test
  void figuresDoNotDependOnThreads() {
    ObjectNode first = figures("1");
    ObjectNode second = figures("2");
    assertThat(second).isEqualTo(first);
  }

  @Test
  void signsOfStillsAreAlteredAndDrivenPastAgain() {
    CommandLineRun run =
        evaluate("--split", "validation", "--stills", "2", "--altered", "fgsm", "--json", "-");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode altered = run.json().at("/road/altered");
    assertThat(altered).hasSize(1);
    JsonNode fgsm = altered.get(0);
    assertThat(fgsm.path("attack").asText()).isEqualTo("fgsm");
    assertThat(fgsm.path("signs").asInt()).isEqualTo(1);
    assertThat(fgsm.at("/threatModel/knowledge").asText()).isEqualTo("white box");
    assertThat(fgsm.at("/stills/signsAtEnd/acceptedRight/of").asInt()).isEqualTo(1);
    assertThat(fgsm.at("/bareWrongFrames/of").asInt()).isPositive();
    assertThat(run.json().get("warnings").toString()).contains("neither finder nor guard");
  }

  /** The road figures without times. */
  private ObjectNode figures(String threads) {
    ObjectNode road =
        (ObjectNode)
            evaluate("--split", "all", "--stills", "2", "--threads", threads, "--json", "-")
                .json()
                .get("road");
    road.get("finders").forEach(f -> ((ObjectNode) f).remove("meanMillis"));
    return road;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--minimum-side 0|--minimum-side is 0",
        "--stills -1|--stills is -1",
        "--camera zoom=2|--camera: camera setting 'zoom=2'",
        "--altered magic|there is no attack 'magic'",
        "--altered rp2 --stills 0|--altered drives through stills",
        "--splits 5|--splits is about tracks",
        "--limit 0|--limit is 0",
        "--split tset|no split 'tset'",
        "--picture 9.png=x.png|frame '9.png' is not among the 2",
        "--finds /dev/null/x.csv|cannot be written",
        "--ignore none.csv|'none.csv' does not exist",
        "--road-labels none.csv|'none.csv' is missing",
        "--data x|mutually exclusive",
      })
  void wrongUsageIsToldInOneLine(String options, String message) {
    CommandLineRun run = evaluate(options.split(" ", -1));
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
  }

  @Test
  void optionsOfRoadFramesNeedRoadFrames() {
    CommandLineRun run = CommandLineRun.of("evaluate", "--data", "x", "--sheet", "x.png");
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("--sheet is about road frames; give --road DIR");
    assertThat(CommandLineRun.of("evaluate").exitCode()).isEqualTo(ExitCode.BAD_INPUT);
  }

  @Test
  void aDriveThroughAPhotographIsWrittenAndJudged() throws IOException {
    Path out = folder.resolve("drive");
    Path photo = road.resolve("images/0.png");

    CommandLineRun run =
        CommandLineRun.of(
            "drive",
            "--still",
            photo.toString(),
            "--out",
            out.toString(),
            "--judge",
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode report = run.json();
    assertThat(report.at("/drives/0/name").asText()).isEqualTo("0.png");
    assertThat(report.at("/drives/0/frames").asInt()).isEqualTo(36);
    assertThat(report.at("/drives/0/nearFrames").asInt()).isZero();
    assertThat(report.at("/stills/stills").asInt()).isEqualTo(1);
    assertThat(report.at("/perFrame/35/photograph").asText()).isEqualTo("0.png");
    assertThat(report.get("warnings").toString()).contains("no boxes say");
    assertThat(out.resolve("frame-0035.jpg")).exists();
    assertThat(out.resolve("frame-0036.jpg")).doesNotExist();
    assertThat(ImageFiles.read(out.resolve("frame-0035.jpg")).width()).isEqualTo(640);
  }

  @Test
  void drivesThroughRoadFramesKnowTheirSigns() throws IOException {
    Path out = folder.resolve("drive");

    CommandLineRun run =
        CommandLineRun.of(
            "drive",
            "--still",
            road.toString(),
            "--limit",
            "2",
            "--out",
            out.toString(),
            "--judge",
            "--json",
            folder.resolve("drive.json").toString());

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    List<JsonNode> truth = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(out.resolve("ground-truth.jsonl"))) {
      truth.add(json.readTree(line));
    }
    assertThat(truth).hasSize(72);
    JsonNode last = truth.get(35);
    assertThat(last.path("photograph").asText()).isEqualTo("0.png");
    assertThat(last.at("/signs/0/label").asText()).isEqualTo("Stop");
    assertThat(last.at("/signs/0/heightPixels").asDouble()).isCloseTo(96, within(1e-9));
    assertThat(last.has("alongMetres")).isFalse();
    JsonNode report = json.readTree(folder.resolve("drive.json").toFile());
    assertThat(report.at("/drives/0/nearFrames").asInt()).isEqualTo(36);
    assertThat(report.at("/stills/signsAtEnd/acceptedRight/of").asInt()).isEqualTo(1);
    assertThat(report.at("/hashes/frames").asText()).hasSize(64);
  }

  @Test
  void drivesThroughFramesOfOtherNamesAreToldWhichLabelTheyAre() throws IOException {
    Files.writeString(
        road.resolve("boxes.csv"),
        "image,left,top,right,bottom,class,split\n0.png,300,120,363,183,0,validation\n");
    Files.writeString(road.resolve("classes.csv"), "id,name\n0,halt\n");
    Path table = Files.writeString(folder.resolve("table.csv"), "class,label\nhalt,Stop\n");
    List<String> drive =
        List.of("drive", "--still", road.toString(), "--limit", "1", "--out", folder + "/drive");

    CommandLineRun untold = CommandLineRun.of(drive.toArray(String[]::new));
    assertThat(untold.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(untold.err()).contains("'halt'", "--road-labels FILE");

    List<String> told = new ArrayList<>(drive);
    told.addAll(List.of("--road-labels", table.toString(), "--force"));
    CommandLineRun run = CommandLineRun.of(told.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(Files.readString(folder.resolve("drive/ground-truth.jsonl"))).contains("Stop");
  }

  @Test
  void anAgentWatchesAServedStill() throws Exception {
    Path photo = road.resolve("images/0.png");
    try (PipedReader pipe = new PipedReader()) {
      PrintWriter out = new PrintWriter(new PipedWriter(pipe), true);
      StringWriter err = new StringWriter();
      CompletableFuture<Integer> ended =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Main.run(
                      out,
                      new PrintWriter(err, true),
                      "drive",
                      "--still",
                      photo.toString(),
                      "--serve",
                      "0");
                } finally {
                  out.close(); // who waits for its first line shall not wait for ever
                }
              });
      String first = new BufferedReader(pipe).readLine();
      assertThat(first).as(err.toString()).isNotNull();
      JsonNode ready = new ObjectMapper().readTree(first);
      assertThat(ready.path("frames").asInt()).isEqualTo(36);
      String last = "";
      try (MjpegCamera agent =
          new MjpegCamera(
              MjpegCamera.Settings.of(URI.create(ready.path("stream").asText())),
              ImageFiles::decode)) {
        for (Picture p = agent.next(); p != null; p = agent.next()) {
          last = String.valueOf(p.name());
        }
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("ended the stream");
      }
      assertThat(ended.get(90, TimeUnit.SECONDS)).as(err.toString()).isEqualTo(ExitCode.OK);
      assertThat(last).contains("0.png").contains("35");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--still none.jpg|does not exist",
        "--still . --camera noise|--camera: camera setting 'noise'",
        "--still . --limit 0|--limit is 0",
        "x.yaml --still .|mutually exclusive",
        "x.yaml --limit 3|are about photographs; give --still",
        "x.yaml --road-labels x.csv|are about photographs; give --still",
      })
  void wrongUsageOfStillsIsTold(String options, String message) {
    CommandLineRun run = CommandLineRun.of(("drive " + options).split(" ", -1));
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
  }

  private CommandLineRun evaluate(String... options) {
    List<String> all = new ArrayList<>(List.of("evaluate", "--road", road.toString()));
    all.addAll(List.of(options));
    return CommandLineRun.of(all.toArray(String[]::new));
  }

  private void frame(String name, int signClass, int x, int y, int side) throws IOException {
    BufferedImage picture = new BufferedImage(640, 400, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setColor(new Color(0x8a8f94));
    g.fillRect(0, 0, 640, 400);
    g.setColor(new Color(0x5a6a50));
    g.fillRect(0, 230, 640, 170);
    if (signClass >= 0) {
      g.drawImage(SignArt.of(signClass).draw(side), x, y, null);
    }
    g.dispose();
    ImageIO.write(picture, "png", road.resolve("images").resolve(name).toFile());
  }
}
