package io.stopline.evaluation.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameExportTest {

  private static final Set<ExportFormat> BOTH = EnumSet.allOf(ExportFormat.class);
  private static final Outline TRIANGLE = new Outline(List.of(10.0, 20.0, 30.0, 20.0, 20.0, 36.5));

  @TempDir private Path folder;
  private final ObjectMapper json = new ObjectMapper();

  /** Two signs of three frames, the middle one empty; a track, and one that was never read. */
  private static FrameSet judged() {
    List<Attribute> far =
        List.of(
            new Attribute.Num("distanceMetres", 12.5),
            new Attribute.Flag("altered", true),
            new Attribute.Text("alteration", "stickers"));
    TrueObject stop =
        new TrueObject("sign 0", "Stop", true, new Box(10, 20, 21, 17), List.of(TRIANGLE), far);
    TrueObject other =
        new TrueObject("sign 1", "Größe \"标志\"", false, new Box(0, 0, 5, 8), List.of(), List.of());
    Detected read =
        new Detected(
            "track 7",
            "Yield",
            new Box(9, 21, 20, 18),
            0.75,
            List.of(new Attribute.Text("decision", "SUSPECT"), new Attribute.Num("pValue", 0.01)));
    Detected unread = new Detected("track 8", null, new Box(40, 4, 3, 3), 0.25, List.of());
    return new FrameSet(
        "Überfahrt",
        "./stopline drive x.yaml",
        "1.2.3",
        List.of("Stop", "Yield"),
        true,
        new PinholeCamera(100, -0.06, 0.01),
        List.of(
            new ExportedFrame("a.jpg", 64, 48, 0, List.of(stop, other), List.of(read, unread)),
            new ExportedFrame("b.jpg", 64, 48, 0.5, List.of(), List.of()),
            new ExportedFrame("c.jpg", 64, 48, 1, List.of(stop), List.of(read))));
  }

  @Test
  void cocoHasEveryFrameEveryBoxAndEveryLabel() throws IOException {
    List<FrameExport.Written> written = FrameExport.write(judged(), BOTH, folder);

    assertThat(written)
        .containsExactly(
            new FrameExport.Written("coco.json", 3, 3, null, 0),
            new FrameExport.Written("coco-detections.json", 3, null, 2, 1),
            new FrameExport.Written("openlabel.json", 3, 3, 3, 0));
    assertThat(written.get(1).describe())
        .isEqualTo("coco-detections.json: 3 frames, 2 detections (1 without a label are left out)");
    JsonNode coco = json.readTree(folder.resolve("coco.json").toFile());
    assertThat(coco.at("/info/version").asText()).isEqualTo("1.2.3");
    assertThat(coco.at("/info/command").asText()).isEqualTo("./stopline drive x.yaml");
    assertThat(coco.path("images").findValuesAsText("file_name"))
        .containsExactly("a.jpg", "b.jpg", "c.jpg");
    assertThat(coco.path("images").findValuesAsText("id")).containsExactly("1", "2", "3");
    assertThat(coco.path("categories").findValuesAsText("name"))
        .containsExactly("Stop", "Yield", "Größe \"标志\"");
    assertThat(coco.path("annotations").findValuesAsText("id")).containsExactly("1", "2", "3");
    JsonNode stop = coco.at("/annotations/0");
    assertThat(numbers(stop.path("bbox"))).containsExactly(10.0, 20.0, 21.0, 17.0);
    assertThat(numbers(stop.at("/segmentation/0")))
        .containsExactly(10.0, 20.0, 30.0, 20.0, 20.0, 36.5);
    assertThat(stop.path("area").asDouble()).isEqualTo(20 * 16.5 / 2);
    assertThat(stop.path("iscrowd").asInt()).isZero();
    assertThat(stop.at("/attributes/distanceMetres").asDouble()).isEqualTo(12.5);
    assertThat(stop.at("/attributes/alteration").asText()).isEqualTo("stickers");
    JsonNode other = coco.at("/annotations/1");
    assertThat(other.path("iscrowd").asInt()).isEqualTo(1);
    assertThat(other.path("area").asDouble()).isEqualTo(40);
    assertThat(other.path("category_id").asInt()).isEqualTo(3);

    JsonNode results = json.readTree(folder.resolve("coco-detections.json").toFile());
    assertThat(results).hasSize(2);
    assertThat(results.get(1).toString())
        .isEqualTo(
            "{\"image_id\":3,\"category_id\":2,\"bbox\":[9.0,21.0,20.0,18.0],\"score\":0.75}");
  }

  @Test
  void openLabelHasBoxesByTheirCentreAndTruthApartFromFinds() throws IOException {
    FrameExport.write(judged(), EnumSet.of(ExportFormat.OPENLABEL), folder);

    assertThat(folder.resolve("coco.json")).doesNotExist();
    JsonNode root = json.readTree(folder.resolve("openlabel.json").toFile()).path("openlabel");
    assertThat(root.at("/metadata/schema_version").asText()).isEqualTo("1.0.0");
    assertThat(root.at("/frame_intervals/0/frame_end").asInt()).isEqualTo(2);
    assertThat(root.path("frames")).hasSize(3);
    assertThat(root.at("/frames/1/objects")).isEmpty();
    assertThat(root.at("/frames/1/frame_properties/timestamp").asDouble()).isEqualTo(0.5);
    assertThat(root.at("/frames/2/frame_properties/streams/camera/uri").asText())
        .isEqualTo("c.jpg");
    JsonNode lens = root.at("/streams/camera/stream_properties/intrinsics_pinhole");
    assertThat(numbers(lens.path("camera_matrix")))
        .containsExactly(100.0, 0.0, 32.0, 0.0, 0.0, 100.0, 24.0, 0.0, 0.0, 0.0, 1.0, 0.0);
    assertThat(root.at("/objects/0/type").asText()).isEqualTo("Stop");
    assertThat(root.at("/objects/2/type").asText()).isEqualTo("Yield");
    assertThat(root.at("/objects/3/type").asText()).isEqualTo("unread");
    assertThat(root.at("/objects/0/object_data/text/0/val").asText()).isEqualTo("ground truth");
    assertThat(root.at("/objects/2/object_data/text/0/val").asText()).isEqualTo("detection");
    JsonNode data = root.at("/frames/0/objects/0/object_data");
    assertThat(numbers(data.at("/bbox/0/val"))).containsExactly(20.5, 28.5, 21.0, 17.0);
    assertThat(numbers(data.at("/poly2d/0/val")))
        .containsExactly(10.0, 20.0, 30.0, 20.0, 20.0, 36.5);
    assertThat(root.at("/frames/0/objects/2/object_data/text/0/val").asText()).isEqualTo("Yield");
    assertThat(root.at("/objects/0/frame_intervals").toString())
        .isEqualTo("[{\"frame_start\":0,\"frame_end\":0},{\"frame_start\":2,\"frame_end\":2}]");
    pointersLeadToWhatIsThere(root);
  }

  /** What {@code object_data_pointers} says of every object, asked of the frames. */
  private static void pointersLeadToWhatIsThere(JsonNode root) {
    Map<String, String> said = new TreeMap<>();
    Map<String, String> there = new TreeMap<>();
    for (Map.Entry<String, JsonNode> object : root.path("objects").properties()) {
      for (Map.Entry<String, JsonNode> p :
          object.getValue().path("object_data_pointers").properties()) {
        for (JsonNode interval : p.getValue().path("frame_intervals")) {
          for (int f = interval.path("frame_start").asInt();
              f <= interval.path("frame_end").asInt();
              f++) {
            said.put(
                f + "/" + object.getKey() + "/" + p.getKey(), p.getValue().path("type").asText());
          }
        }
      }
    }
    for (Map.Entry<String, JsonNode> frame : root.path("frames").properties()) {
      for (Map.Entry<String, JsonNode> object : frame.getValue().path("objects").properties()) {
        for (Map.Entry<String, JsonNode> kind :
            object.getValue().path("object_data").properties()) {
          for (JsonNode one : kind.getValue()) {
            there.put(
                frame.getKey() + "/" + object.getKey() + "/" + one.path("name").asText(),
                kind.getKey());
          }
        }
      }
    }
    assertThat(said).isEqualTo(there).isNotEmpty();
  }

  @Test
  void whereNobodyLookedNothingIsSaidOfDetections() throws IOException {
    FrameSet seen = judged();
    FrameSet truth =
        new FrameSet(
            seen.name(),
            seen.command(),
            seen.version(),
            seen.labels(),
            false,
            null,
            List.of(
                new ExportedFrame("a.jpg", 64, 48, Double.NaN, List.of(), List.of()),
                new ExportedFrame(
                    "b.jpg", 32, 24, Double.NaN, seen.frames().get(0).truth(), List.of())));

    List<FrameExport.Written> written = FrameExport.write(truth, BOTH, folder);

    assertThat(written)
        .extracting(FrameExport.Written::file)
        .containsExactly("coco.json", "openlabel.json")
        .isEqualTo(FrameExport.files(BOTH, false));
    assertThat(written).extracting(FrameExport.Written::detections).containsOnlyNulls();
    JsonNode root = json.readTree(folder.resolve("openlabel.json").toFile());
    assertThat(root.at("/openlabel/frames/0/frame_properties").has("timestamp")).isFalse();
    assertThat(
            root.at(
                    "/openlabel/frames/1/frame_properties/streams/camera/stream_properties/intrinsics_pinhole/width_px")
                .asInt())
        .isEqualTo(32);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FrameSet("", "", "", List.of(), false, null, judged().frames()))
        .withMessageContaining("somebody looked");
  }

  @Test
  void whatIsNotThereAsItWasWrittenIsToldWithItsFile() throws IOException {
    FrameSet set = judged();
    FrameExport.write(set, BOTH, folder);
    Path truth = folder.resolve("coco.json");
    Path found = folder.resolve("coco-detections.json");
    Path label = folder.resolve("openlabel.json");
    assertThatCode(
            () -> {
              ReadBack.cocoTruth(set, truth);
              ReadBack.cocoDetections(set, truth, found);
              ReadBack.openLabel(set, label);
            })
        .doesNotThrowAnyException();

    change(truth, "[10.0,20.0,21.0,17.0]", "[10.0,20.0,21.0,17.5]");
    assertThatThrownBy(() -> ReadBack.cocoTruth(set, truth))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(truth.toString())
        .hasMessageContaining("17.5");
    change(found, "\"category_id\":2", "\"category_id\":1");
    assertThatThrownBy(() -> ReadBack.cocoDetections(set, truth, found))
        .hasMessageContaining("Yield");
    change(label, "[20.5,28.5,21.0,17.0]", "[10.0,20.0,21.0,17.0]");
    assertThatThrownBy(() -> ReadBack.openLabel(set, label)).hasMessageContaining("in frame 0");

    FrameExport.write(set, BOTH, folder);
    change(label, "\"1\":{\"frame_properties\"", "\"9\":{\"frame_properties\"");
    FrameSet shorter =
        new FrameSet(
            set.name(),
            set.command(),
            set.version(),
            set.labels(),
            true,
            null,
            set.frames().subList(0, 2));
    assertThatThrownBy(() -> ReadBack.openLabel(shorter, label)).hasMessageContaining("2 frames");
    assertThatThrownBy(() -> ReadBack.cocoTruth(shorter, truth)).hasMessageContaining("2 frames");
  }

  private static void change(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  @Test
  void whatNoFormatCanHoldIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Box(0, 0, 0, 5));
    assertThatIllegalArgumentException().isThrownBy(() -> new Box(Double.NaN, 0, 1, 5));
    assertThatIllegalArgumentException().isThrownBy(() -> new Outline(List.of(1.0, 2.0, 3.0, 4.0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Attribute.Num("pValue", Double.NaN))
        .withMessageContaining("pValue");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Detected("track 1", null, new Box(0, 0, 1, 1), 1.5, List.of()));
    List<TrueObject> twice = new ArrayList<>(judged().frames().get(0).truth());
    twice.addAll(judged().frames().get(0).truth());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExportedFrame("a.jpg", 64, 48, 0, twice, List.of()))
        .withMessageContaining("sign 0");
  }

  @Test
  void formatsAreCalledByTheirNamesInAnyCase() {
    assertThat(ExportFormat.of("OpenLABEL ")).contains(ExportFormat.OPENLABEL);
    assertThat(ExportFormat.of("coco")).contains(ExportFormat.COCO);
    assertThat(ExportFormat.of("voc")).isEmpty();
    assertThat(FrameExport.files(EnumSet.noneOf(ExportFormat.class), true)).isEmpty();
  }

  private static List<Double> numbers(JsonNode array) {
    List<Double> numbers = new ArrayList<>();
    array.forEach(n -> numbers.add(n.asDouble()));
    return numbers;
  }
}
