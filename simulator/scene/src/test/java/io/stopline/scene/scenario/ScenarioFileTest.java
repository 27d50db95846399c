package io.stopline.scene.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.scene.alteration.Alteration;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioFileTest {

  private static final Path ROOT = Path.of(System.getProperty("stopline.root", "../.."));

  @TempDir Path folder;

  @Test
  void twoLinesAreADrive() throws IOException {
    Scenario s = read("signs:\n  - class: 14\n");
    assertThat(s.name()).isEqualTo("drive");
    assertThat(s.seed()).isEqualTo(1);
    assertThat(s.camera()).isEqualTo(Camera.standard());
    assertThat(s.light()).isEqualTo(Light.standard());
    assertThat(s.background()).isEqualTo(new Background.Procedural());
    assertThat(s.frames()).isEqualTo(108);
    assertThat(s.signs()).containsExactly(new Sign(14, null, 60, 3.4, 2.2, 0.9, 0, 0, 0, null));
  }

  @Test
  void aDriveMayPassNoSignAtAll() throws IOException {
    assertThat(read("signs: []\n").signs()).isEmpty();
  }

  @Test
  void pathsAreTakenFromTheFilesFolder() throws IOException {
    Path photographs = Files.createDirectory(folder.resolve("pictures"));
    Files.write(photographs.resolve("a.JPG"), new byte[] {1});
    ImageIO.write(
        new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("face.png").toFile());
    Scenario s =
        read(
            """
            background: {photographs: pictures}
            signs:
              - {class: 1, photograph: ./pictures/../face.png}
              - class: 2
                alteration:
                  poster: {x: 0.5, y: 0.5, width: 0.3, height: 0.2, image: face.png}
            """);
    Path face = folder.toAbsolutePath().resolve("face.png");
    assertThat(s.background()).isEqualTo(new Background.Photographs(photographs.toAbsolutePath()));
    assertThat(s.signs().get(0).photograph()).isEqualTo(face);
    assertThat(s.signs().get(1).alteration())
        .isEqualTo(new Alteration.Poster(0.5, 0.5, 0.3, 0.2, 0, face));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "signs: [{class: 43}]|:1:|'class' is 43, but must be at most 42",
        "signs: [{clas: 4}]|:1:|key 'clas' is unknown; did you mean 'class'?",
        "signs: [{}]|:1:|key 'class' is missing",
        "camera: {}|:1:|key 'signs' is missing",
        "signs: [];camera:;  widht: 640|:3:|did you mean 'width'?",
        "signs: [];camera:;  width: 100000;  height: 100000|:3:|'width' is 100000, but must be at most 4096",
        "signs: [];camera: {width: 4096, height: 4096}|:2:|are larger than 8294400 px",
        "signs: [];camera: {noise: .nan}|:2:|'noise' is '.nan', but must be a number",
        "signs: [];camera: {noise: .inf}|:2:|must be a number",
        "signs: [];camera: {noise: 1e999}|:2:|must be a number",
        "signs: [];camera: {exposureMillis: -1}|:2:|'exposureMillis' is -1, but must be at least 0",
        "signs: [];camera: {jpegQuality: 90.5}|:2:|must be a whole number",
        "signs: [];camera: wide|:2:|'camera' is 'wide', but must be a group of keys",
        "signs: [];seed: 99999999999999999999|:2:|'seed' is",
        "signs: [];seed: 1e18|:2:|'seed' must be a whole number",
        "signs: [];seed: 0x10|:2:|'seed' is '0x10', but must be a whole number",
        "signs: [];vehicle: {fromMetres: 50}|:2:|make 'toMetres' larger than 'fromMetres'",
        "signs: [];vehicle: {speedMetresPerSecond: 0}|:2:|must be at least 0.1",
        "signs: [];vehicle:;  toMetres: 9000;  speedMetresPerSecond: 0.1|:2:|has 2700000 frames, but may have at most 18000",
        "signs: [];background: {photographs: nowhere}|:2:|nowhere' does not exist; give a JPEG",
        "signs: [];background: {photographs: .}|:2:|has no JPEG or PNG file",
        "signs: [];background: {photographs: \"a\\0b\"}|:2:|is no path",
        "signs: [{class: 1, photograph: .}]|:1:|is a folder; give a JPEG or PNG file",
        "signs: [{class: 1, photograph: drive.yaml}]|:1:|drive.yaml' is no JPEG or PNG picture",
        "signs: [{class: 1, alteration: {sticker: []}}]|:1:|did you mean 'stickers'?",
        "signs: [{class: 1, alteration: {stickers: []}}]|:1:|needs at least 1 entries",
        "signs: [{class: 1, alteration: {}}]|:1:|'alteration' needs at least 1 keys",
        "signs: [{class: 1, alteration: {shadow: {polygons: [[[0, 0], [1, 1]]]}}}]|:1:|needs at least 3 entries",
        "signs: [{class: 1, alteration: {graffiti: [{points: [[0, 0, 0]], width: 0.1}]}}]|:1:|room for at most 2",
        "signs: [{class: 1, alteration: {graffiti: [{points: [[0, 0]], width: 0.1, colour: red}]}}]|:1:|must be a colour like",
        "signs: [{class: 1, alteration: {graffiti: [{points: [[0, 0]], width: 0}]}}]|:1:|must be above 0",
        "signs: [];signs: []|:2:|key 'signs' was given before, on line 1",
        "a: &a [1];signs: *a|:1:|anchor '&a' is not accepted",
        "signs: !!java.io.File [x]|:1:|tag",
        "signs: [];---;signs: []|:2:|a second document",
        "signs: [|:1:|is not readable YAML",
        "\"\"|:1:|must be a group of keys",
      })
  void whatIsWrongIsNamedWithItsLineAndCure(String yaml, String line, String message)
      throws IOException {
    Path file = write(yaml.replace(';', '\n'));
    assertThatThrownBy(() -> ScenarioFile.read(file))
        .isInstanceOf(InvalidScenarioException.class)
        .hasMessageContaining(file + line)
        .hasMessageContaining(message);
  }

  @Test
  void everythingThatIsWrongIsTold() throws IOException {
    Path file = write("seeed: 1\ncamera: {noise: 11}\nsigns: [{class: -1}]\n");
    assertThatThrownBy(() -> ScenarioFile.read(file))
        .hasMessageContaining(":1: key 'seeed' is unknown; did you mean 'seed'?\n")
        .hasMessageContaining(":2: 'noise' is 11")
        .hasMessageContaining(":3: 'class' is -1");
  }

  @Test
  void junkIsRefused() throws IOException {
    byte[] junk = new byte[4096];
    for (int i = 0; i < junk.length; i++) {
      junk[i] = (byte) ((i * 31) >> 3);
    }
    Path binary = Files.write(folder.resolve("binary.yaml"), junk);
    Path empty = Files.write(folder.resolve("empty.yaml"), new byte[0]);
    Path large = Files.write(folder.resolve("large.yaml"), new byte[2 << 20]);
    Path deep = Files.writeString(folder.resolve("deep.yaml"), "[".repeat(100_000));
    for (Path file : List.of(binary, empty, large, deep, folder, folder.resolve("none.yaml"))) {
      assertThatThrownBy(() -> ScenarioFile.read(file))
          .isInstanceOf(InvalidScenarioException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void theCommittedExamplesAreScenarios(Path example) {
    if (example.endsWith("stop-photographs.yaml")) {
      Assumptions.assumeTrue(
          Files.isDirectory(ROOT.resolve("../shared/data/scenes/udacity")),
          "its photographs are no part of the project and not beside it");
    }
    Scenario s = ScenarioFile.read(example);
    assertThat(s.signs()).isNotEmpty();
    assertThat(s.frames()).isBetween(30, 300);
  }

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("docs/scenarios"))) {
      List<Path> all = files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
      assertThat(all).hasSizeGreaterThanOrEqualTo(4);
      return all.stream();
    }
  }

  @Test
  void theExampleOfTheManualIsAScenario() throws IOException {
    String manual = Files.readString(ROOT.resolve("docs/scenarios.md"));
    String begin = "```yaml\n# drive.yaml";
    int from = manual.indexOf(begin) + "```yaml\n".length();
    Scenario s = ScenarioFile.parse(manual.substring(from, manual.indexOf("```", from)), folder);
    assertThat(s.signs()).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void thePublishedSchemaIsTheOneThatIsKept() throws IOException {
    assertThat(ROOT.resolve("docs/scenario-schema.json")).hasContent(ScenarioFile.schema());
  }

  /** The defaults that the schema tells must be those that are used. */
  @Test
  void theSchemasDefaultsAreTheStandards() throws IOException {
    JsonNode schema = new ObjectMapper().readTree(ScenarioFile.schema());
    Scenario s = read("signs:\n  - class: 14\n");
    assertThat(schema.at("/properties/seed/default").asLong()).isEqualTo(s.seed());
    assertDefaults(schema.at("/properties/camera/properties"), s.camera(), 15);
    assertDefaults(schema.at("/properties/vehicle/properties"), s.vehicle(), 4);
    assertDefaults(schema.at("/properties/light/properties"), s.light(), 6);
    assertDefaults(schema.at("/properties/weather/properties"), s.weather(), 2);
    assertDefaults(schema.at("/$defs/sign/properties"), s.signs().get(0), 6);
    Sign altered =
        read("""
                signs:
                  - class: 1
                    alteration: {shadow: {polygons: [[[0, 0], [1, 0], [1, 1]]]}}
                """)
            .signs()
            .get(0);
    assertDefaults(
        schema.at("/$defs/alteration/properties/shadow/properties"),
        java.util.Objects.requireNonNull(altered.alteration()),
        2);
    assertAlterationDefaults("laser", "{x: 0.5, y: 0.5}", 3);
    assertAlterationDefaults("light", "{beams: [{x: 0.5, y: 0.5, width: 0.1, height: 0.1}]}", 2);
    assertAlterationDefaults("ring", "{segments: [{from: 0, to: 1}]}", 1);
    assertAlterationDefaults("infrared", "{spots: [{x: 0, y: 0, width: 0.1, height: 0.1}]}", 3);
  }

  private void assertAlterationDefaults(String kind, String yaml, int count) throws IOException {
    Sign sign =
        read("signs:\n  - class: 1\n    alteration: {%s: %s}\n".formatted(kind, yaml))
            .signs()
            .get(0);
    JsonNode schema = new ObjectMapper().readTree(ScenarioFile.schema());
    assertDefaults(
        schema.at("/$defs/alteration/properties/" + kind + "/properties"),
        java.util.Objects.requireNonNull(sign.alteration()),
        count);
  }

  @Test
  void aSegmentThatEndsBeforeItBeginsIsRefusedWithItsLine() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    signs:
                      - class: 1
                        alteration:
                          ring:
                            segments: [{from: 0.5, to: 0.2}]
                    """))
        .hasMessageContaining(":3")
        .hasMessageContaining("to is 0.2; it must be above from, 0.5");
  }

  private static void assertDefaults(JsonNode properties, Object effective, int count) {
    JsonNode values = new ObjectMapper().valueToTree(effective);
    int compared = 0;
    for (var p : properties.properties()) {
      if (p.getValue().has("default")) {
        assertThat(p.getValue().get("default").asDouble())
            .as(p.getKey())
            .isEqualTo(values.path(p.getKey()).asDouble(Double.NaN));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(count);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/camera", "/vehicle", "/light", "/weather"})
  void everyNumberOfTheSchemaHasRangeAndDescription(String part) throws IOException {
    JsonNode schema = new ObjectMapper().readTree(ScenarioFile.schema());
    for (var p : schema.at("/properties" + part + "/properties").properties()) {
      assertThat(p.getValue().has("minimum") && p.getValue().has("maximum"))
          .as(p.getKey())
          .isTrue();
      assertThat(p.getValue().path("description").asText()).as(p.getKey()).isNotEmpty();
    }
  }

  private Scenario read(String yaml) throws IOException {
    return ScenarioFile.read(write(yaml));
  }

  private Path write(String yaml) throws IOException {
    return Files.write(folder.resolve("drive.yaml"), yaml.getBytes(StandardCharsets.UTF_8));
  }
}
