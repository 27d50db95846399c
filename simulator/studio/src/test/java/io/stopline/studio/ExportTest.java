package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignBox;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.scene.sign.SignArt;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --export} of a rendered drive, of photographs and of road frames: the shipped bundle. */
@Timeout(180)
final class ExportTest {

  /** Both signs are passed before the end, so that the last frames are empty. */
  private static final String SCENARIO =
      """
      name: 'Überfahrt "Größe" 标志'
      seed: 5
      camera: {width: 640, height: 384, framesPerSecond: 10}
      vehicle: {speedMetresPerSecond: 10, toMetres: 21}
      signs:
        - class: 14
          alongMetres: 24
          alteration:
            stickers: [{x: 0.5, y: 0.2, width: 0.4, height: 0.1}]
        - {class: 12, alongMetres: 14, lateralMetres: -3}
        - class: 1
          alongMetres: 26
          lateralMetres: 7
          alteration: {phantom: {}}
      """;

  private static final int FRAMES = 21;

  private final ObjectMapper json = new ObjectMapper();

  @TempDir Path folder;
  private Path scenario = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void writeScenario() throws IOException {
    scenario = Files.writeString(folder.resolve("Übung.yaml"), SCENARIO);
    out = folder.resolve("out 标志");
  }

  @Test
  void aJudgedDriveHasItsGroundTruthAndWhatTheAgentFound() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "drive",
            scenario.toString(),
            "--out",
            out.toString(),
            "--judge",
            "--export",
            "coco,OpenLABEL",
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode coco = read("coco.json");
    JsonNode label = read("openlabel.json").path("openlabel");
    List<JsonNode> truth = groundTruth();
    assertThat(truth).hasSize(FRAMES);
    assertThat(truth.get(FRAMES - 1).path("signs")).as("the last frame is empty").isEmpty();
    assertThat(coco.at("/info/description").asText()).isEqualTo("Überfahrt \"Größe\" 标志");
    assertThat(coco.at("/info/command").asText())
        .startsWith("./stopline drive")
        .contains("'" + out + "' --judge --export coco,OpenLABEL");
    assertThat(coco.path("images")).hasSize(FRAMES);
    assertThat(coco.path("categories"))
        .as("every label of the models, and phantoms")
        .hasSize(43 + 1);
    int boxes = 0;
    for (int f = 0; f < FRAMES; f++) {
      JsonNode image = coco.path("images").get(f);
      assertThat(out.resolve(image.path("file_name").asText())).exists();
      List<JsonNode> annotations = annotations(coco, image.path("id").asInt());
      JsonNode signs = truth.get(f).path("signs");
      assertThat(annotations).hasSameSizeAs(signs);
      List<double[]> centred = boxes(label, f, "ground truth");
      assertThat(centred).hasSameSizeAs(signs);
      for (int s = 0; s < signs.size(); s++) {
        JsonNode sign = signs.get(s);
        JsonNode annotation = annotations.get(s);
        assertThat(annotation.path("attributes").path("visibleShare").asDouble())
            .isEqualTo(sign.path("visibleShare").asDouble())
            .isPositive();
        assertThat(annotation.path("attributes").path("distanceMetres").asDouble())
            .isEqualTo(sign.path("distanceMetres").asDouble());
        boolean phantom = sign.path("class").asInt() < 0;
        assertThat(annotation.path("iscrowd").asInt()).isEqualTo(phantom ? 1 : 0);
        assertThat(name(coco, annotation))
            .isEqualTo(phantom ? "phantom" : sign.path("label").asText());
        double[] box = centred.get(s);
        for (int i = 0; i < 4; i++) {
          double side = sign.path("box").get(i).asDouble();
          assertThat(annotation.path("bbox").get(i).asDouble()).isEqualTo(side);
          double half = i < 2 ? sign.path("box").get(i + 2).asDouble() / 2 : 0;
          assertThat(box[i]).isCloseTo(side + half, within(1e-9));
        }
        // An octagon fills 83 % of its box, a diamond half, less at the edge of the frame.
        double area = box[2] * box[3];
        boolean whole = sign.path("visibleShare").asDouble() == 1;
        assertThat(annotation.path("area").asDouble()).isBetween(whole ? 0.4 * area : 1, area);
        boxes++;
      }
    }
    assertThat(boxes).isEqualTo(coco.path("annotations").size()).isGreaterThan(30);

    findsAreTheAgents(run.json(), coco, label);
    assertThat(run.json().at("/exported/0/trueBoxes").asInt()).isEqualTo(boxes);
  }

  /** The guard's decisions on signs stand in the report and in the files. */
  private void findsAreTheAgents(JsonNode report, JsonNode coco, JsonNode label)
      throws IOException {
    Map<String, JsonNode> judged = new HashMap<>();
    for (JsonNode frame : report.path("perFrame")) {
      for (JsonNode sign : frame.path("signs")) {
        if (sign.has("decision")) {
          judged.put(frame.path("frame").asInt() + " track " + sign.path("track").asInt(), sign);
        }
      }
    }
    assertThat(judged).hasSizeGreaterThan(10);
    int labelled = 0;
    int matched = 0;
    for (int f = 0; f < FRAMES; f++) {
      for (Map.Entry<String, JsonNode> one :
          label.path("frames").path(Integer.toString(f)).path("objects").properties()) {
        JsonNode object = label.path("objects").path(one.getKey());
        JsonNode data = one.getValue().path("object_data");
        if (!object.at("/object_data/text/0/val").asText().equals("detection")) {
          continue;
        }
        labelled += value(data, "text", "label").isMissingNode() ? 0 : 1;
        JsonNode sign = judged.get(f + " " + object.path("name").asText());
        if (sign != null) {
          matched++;
          assertThat(value(data, "text", "decision").asText())
              .isEqualTo(sign.path("decision").asText());
          assertThat(value(data, "num", "pValue").asDouble())
              .isEqualTo(sign.path("pValue").asDouble());
          assertThat(value(data, "boolean", "suspect").asBoolean())
              .isEqualTo(sign.path("decision").asText().equals("SUSPECT"));
          assertThat(value(data, "num", "confidence").asDouble()).isBetween(0.0, 1.0);
        }
      }
    }
    assertThat(matched).isEqualTo(judged.size());
    JsonNode results = read("coco-detections.json");
    assertThat(results).hasSize(labelled);
    // Somebody else's evaluation would count these: right ones overlap by half and more.
    int right = 0;
    for (JsonNode found : results) {
      for (JsonNode annotation : annotations(coco, found.path("image_id").asInt())) {
        right +=
            found.path("category_id").equals(annotation.path("category_id"))
                    && overlap(found.path("bbox"), annotation.path("bbox")) >= 0.5
                ? 1
                : 0;
      }
    }
    assertThat(right).isGreaterThan(results.size() / 2);
  }

  @Test
  void theExportedDriveIsRoadFramesForTheEvaluation() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "drive", scenario.toString(), "--out", out.toString(), "--export", "coco");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.out()).contains("coco.json: 21 frames, 41 true boxes");
    assertThat(out.resolve("coco-detections.json")).doesNotExist();
    assertThat(out.resolve("openlabel.json")).doesNotExist();
    RoadData data = RoadDatasets.open(out, RoadData.ALL, null);
    List<JsonNode> truth = groundTruth();
    assertThat(data.frames()).hasSize(FRAMES);
    for (int f = 0; f < FRAMES; f++) {
      RoadFrame frame = data.frames().get(f);
      JsonNode signs = truth.get(f).path("signs");
      assertThat(frame.signs()).hasSameSizeAs(signs);
      for (int s = 0; s < signs.size(); s++) {
        SignBox sign = frame.signs().get(s);
        JsonNode box = signs.get(s).path("box");
        assertThat(sign.region().x()).isEqualTo(box.get(0).asInt());
        assertThat(sign.region().width()).isEqualTo(box.get(2).asInt());
        // A phantom is no sign that is to be found.
        assertThat(sign.known()).isEqualTo(signs.get(s).path("class").asInt() >= 0);
      }
    }

    assertThat(
            CommandLineRun.of("drive", scenario.toString(), "--out", out.toString(), "--force")
                .exitCode())
        .isEqualTo(ExitCode.OK);
    assertThat(out.resolve("coco.json")).as("of the drive before").doesNotExist();
  }

  @Test
  void roadFramesAndDrivesThroughThemAreExported() throws IOException {
    Path road = folder.resolve("straße");
    Files.createDirectories(road.resolve("images"));
    picture(road.resolve("images/schön.png"), 14);
    picture(road.resolve("images/leer.png"), -1);
    Files.writeString(
        road.resolve("boxes.csv"),
        """
        image,left,top,right,bottom,class,split
        schön.png,300,120,363,183,14,validation
        """);
    Files.writeString(road.resolve("frames.csv"), "image,split\nleer.png,validation\n");
    Files.writeString(
        road.resolve("ignore.csv"),
        "image,left,top,right,bottom,what\nschön.png,10,10,40,40,bus\n");

    CommandLineRun run =
        CommandLineRun.of(
            "evaluate",
            "--road",
            road.toString(),
            "--stills",
            "0",
            "--out",
            out.toString(),
            "--export",
            "coco",
            "--export",
            "openlabel",
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode coco = read("coco.json");
    assertThat(coco.path("images").findValuesAsText("file_name"))
        .containsExactly("images/leer.png", "images/schön.png");
    assertThat(coco.path("annotations")).hasSize(2);
    assertThat(coco.at("/annotations/0/bbox").toString()).isEqualTo("[300.0,120.0,64.0,64.0]");
    assertThat(coco.at("/annotations/0/image_id").asInt()).isEqualTo(2);
    assertThat(name(coco, coco.at("/annotations/0"))).isEqualTo("Stop");
    assertThat(name(coco, coco.at("/annotations/1"))).isEqualTo("other sign");
    assertThat(coco.at("/annotations/1/iscrowd").asInt()).isEqualTo(1);
    JsonNode results = read("coco-detections.json");
    assertThat(results).isNotEmpty();
    assertThat(name(coco, results.get(0))).isEqualTo("Stop");
    assertThat(overlap(results.get(0).path("bbox"), coco.at("/annotations/0/bbox")))
        .isGreaterThan(0.5);
    JsonNode label = read("openlabel.json").path("openlabel");
    assertThat(boxes(label, 0, "ground truth")).isEmpty();
    assertThat(boxes(label, 1, "ground truth").get(0)).containsExactly(332, 152, 64, 64);
    assertThat(run.json().path("exported").findValuesAsText("file"))
        .containsExactly("coco.json", "coco-detections.json", "openlabel.json");

    Path drive = folder.resolve("drive");
    CommandLineRun stills =
        CommandLineRun.of(
            "drive",
            "--still",
            road.toString(),
            "--out",
            drive.toString(),
            "--export",
            "coco,openlabel");
    assertThat(stills.exitCode()).as(stills.err()).isEqualTo(ExitCode.OK);
    JsonNode driven = json.readTree(drive.resolve("coco.json").toFile());
    assertThat(driven.path("images")).hasSize(2 * 36);
    JsonNode last = driven.path("annotations").get(driven.path("annotations").size() - 1);
    assertThat(last.at("/attributes/object").asText()).isEqualTo("schön.png sign 0");
    assertThat(last.path("attributes").has("distanceMetres")).isFalse();
  }

  @Test
  void alterationsAreCalledAsInScenarioFiles() throws IOException {
    Path scenarios =
        Path.of(System.getProperty("stopline.root", "../..")).resolve("docs/scenarios");
    int altered = 0;
    try (Stream<Path> files = Files.list(scenarios)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        Alteration alteration = ScenarioFile.read(file).signs().get(0).alteration();
        if (alteration != null) {
          altered++;
          assertThat(Files.readString(file))
              .contains(alteration.choose(new AlterationName()) + ":");
        }
      }
    }
    assertThat(altered).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drive SCENARIO --export coco|--export says what to write; give --out DIR with it",
        "drive SCENARIO --out OUT --export voc|there is no format 'voc'; give coco or openlabel",
        "drive SCENARIO --out OUT --export|Missing required parameter",
        "evaluate --road ROAD --export coco|--export says what to write; give --out DIR with it",
        "evaluate --road ROAD --out OUT|--out is for what --export writes; give --export coco",
        "evaluate --road ROAD --out ROAD/x --export coco|lies within the road frames",
        "evaluate --road ROAD --out /dev/null/x --export coco|cannot be written",
        "evaluate --data x --export coco|--export is about road frames; give --road DIR",
        "evaluate --data x --out OUT|--out is about road frames; give --road DIR",
      })
  void wrongUsageIsToldBeforeAnythingIsDone(String line, String message) {
    String[] words = line.split(" ");
    for (int i = 0; i < words.length; i++) {
      words[i] =
          words[i]
              .replace("SCENARIO", scenario.toString())
              .replace("OUT", out.toString())
              .replace("ROAD", folder.resolve("road").toString());
    }
    CommandLineRun run = CommandLineRun.of(words);
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
    assertThat(out).doesNotExist();
  }

  private JsonNode read(String file) throws IOException {
    return json.readTree(out.resolve(file).toFile());
  }

  private List<JsonNode> groundTruth() throws IOException {
    List<JsonNode> frames = new ArrayList<>();
    for (String line : Files.readAllLines(out.resolve("ground-truth.jsonl"))) {
      frames.add(json.readTree(line));
    }
    return frames;
  }

  private static List<JsonNode> annotations(JsonNode coco, int image) {
    List<JsonNode> annotations = new ArrayList<>();
    for (JsonNode annotation : coco.path("annotations")) {
      if (annotation.path("image_id").asInt() == image) {
        annotations.add(annotation);
      }
    }
    return annotations;
  }

  private static String name(JsonNode coco, JsonNode annotation) {
    for (JsonNode category : coco.path("categories")) {
      if (category.path("id").equals(annotation.path("category_id"))) {
        return category.path("name").asText();
      }
    }
    return "";
  }

  private static List<double[]> boxes(JsonNode label, int frame, String source) {
    List<double[]> boxes = new ArrayList<>();
    for (Map.Entry<String, JsonNode> one :
        label.path("frames").path(Integer.toString(frame)).path("objects").properties()) {
      JsonNode object = label.path("objects").path(one.getKey());
      if (object.at("/object_data/text/0/val").asText().equals(source)) {
        double[] box = new double[4];
        for (int i = 0; i < 4; i++) {
          box[i] = one.getValue().at("/object_data/bbox/0/val").get(i).asDouble();
        }
        boxes.add(box);
      }
    }
    return boxes;
  }

  private static JsonNode value(JsonNode data, String kind, String name) {
    for (JsonNode one : data.path(kind)) {
      if (one.path("name").asText().equals(name)) {
        return one.path("val");
      }
    }
    return data.path("none of that name");
  }

  private static double overlap(JsonNode a, JsonNode b) {
    double w =
        Math.min(
                a.get(0).asDouble() + a.get(2).asDouble(),
                b.get(0).asDouble() + b.get(2).asDouble())
            - Math.max(a.get(0).asDouble(), b.get(0).asDouble());
    double h =
        Math.min(
                a.get(1).asDouble() + a.get(3).asDouble(),
                b.get(1).asDouble() + b.get(3).asDouble())
            - Math.max(a.get(1).asDouble(), b.get(1).asDouble());
    double common = Math.max(0, w) * Math.max(0, h);
    double both =
        a.get(2).asDouble() * a.get(3).asDouble() + b.get(2).asDouble() * b.get(3).asDouble();
    return common / (both - common);
  }

  /** A grey wall, and a sign of 64 px before it. */
  private static void picture(Path file, int signClass) throws IOException {
    BufferedImage picture = new BufferedImage(640, 384, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setColor(new Color(120, 130, 120));
    g.fillRect(0, 0, 640, 384);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    if (signClass >= 0) {
      g.drawImage(SignArt.of(signClass).draw(256), 300, 120, 64, 64, null);
    }
    g.dispose();
    ImageIO.write(picture, "png", file.toFile());
  }
}
