package io.stopline.evaluation.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was written and holds it against what was to be written, box by box. Whoever is told
 * that a file is there can rely on it.
 */
final class ReadBack {

  /** Centres are halves of what boxes are made of, so that little is lost on the way back, px. */
  private static final double TOLERANCE = 1e-6;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A box and its label; null where none was read. */
  private record Labelled(@Nullable String label, Box box) {

    boolean equalsNearly(Labelled other) {
      return String.valueOf(label).equals(String.valueOf(other.label))
          && Math.abs(box.x() - other.box.x()) < TOLERANCE
          && Math.abs(box.y() - other.box.y()) < TOLERANCE
          && Math.abs(box.width() - other.box.width()) < TOLERANCE
          && Math.abs(box.height() - other.box.height()) < TOLERANCE;
    }
  }

  private ReadBack() {}

  /**
   * Checks the ground truth of COCO.
   *
   * @throws IOException if the file cannot be read or has something else in it
   */
  static void cocoTruth(FrameSet set, Path file) throws IOException {
    JsonNode root = JSON.readTree(file.toFile());
    compare(file, truth(set), byImage(set, root.path("annotations"), root));
  }

  /**
   * Checks the results of COCO.
   *
   * @param truth the file that has their categories
   * @throws IOException if a file cannot be read or has something else in it
   */
  static void cocoDetections(FrameSet set, Path truth, Path file) throws IOException {
    List<List<Labelled>> labelled =
        detected(set).stream()
            .map(f -> f.stream().filter(d -> d.label() != null).toList())
            .toList();
    compare(
        file, labelled, byImage(set, JSON.readTree(file.toFile()), JSON.readTree(truth.toFile())));
  }

  /**
   * Checks truth and detections of OpenLABEL.
   *
   * @throws IOException if the file cannot be read or has something else in it
   */
  static void openLabel(FrameSet set, Path file) throws IOException {
    JsonNode root = JSON.readTree(file.toFile()).path("openlabel");
    List<List<Labelled>> truth = empty(set.frames().size());
    List<List<Labelled>> detected = empty(set.frames().size());
    if (root.path("frames").size() != set.frames().size()) {
      throw differs(
          file, set.frames().size() + " frames", Integer.toString(root.path("frames").size()));
    }
    for (int f = 0; f < set.frames().size(); f++) {
      JsonNode shown = root.path("frames").path(Integer.toString(f)).path("objects");
      for (Map.Entry<String, JsonNode> one : shown.properties()) {
        JsonNode object = root.path("objects").path(one.getKey());
        JsonNode data = one.getValue().path("object_data");
        JsonNode v = data.at("/bbox/0/val");
        double width = v.path(2).asDouble();
        double height = v.path(3).asDouble();
        Box box =
            new Box(
                v.path(0).asDouble() - width / 2, v.path(1).asDouble() - height / 2, width, height);
        if (text(object.path("object_data"), "source").equals(OpenLabelText.TRUTH)) {
          truth.get(f).add(new Labelled(object.path("type").asText(), box));
        } else {
          String label = text(data, "label");
          detected.get(f).add(new Labelled(label.isEmpty() ? null : label, box));
        }
      }
    }
    compare(file, truth(set), truth);
    compare(file, detected(set), detected);
  }

  private static String text(JsonNode data, String name) {
    for (JsonNode text : data.path("text")) {
      if (text.path("name").asText().equals(name)) {
        return text.path("val").asText();
      }
    }
    return "";
  }

  private static List<List<Labelled>> byImage(FrameSet set, JsonNode annotations, JsonNode root)
      throws IOException {
    Map<Integer, String> names = new HashMap<>();
    for (JsonNode category : root.path("categories")) {
      names.put(category.path("id").asInt(), category.path("name").asText());
    }
    Map<Integer, Integer> frames = new HashMap<>();
    for (JsonNode image : root.path("images")) {
      frames.put(image.path("id").asInt(), frames.size());
    }
    List<List<Labelled>> boxes = empty(Math.max(frames.size(), set.frames().size()));
    for (JsonNode annotation : annotations) {
      JsonNode b = annotation.path("bbox");
      boxes
          .get(frames.getOrDefault(annotation.path("image_id").asInt(), 0))
          .add(
              new Labelled(
                  names.get(annotation.path("category_id").asInt()),
                  new Box(
                      b.path(0).asDouble(),
                      b.path(1).asDouble(),
                      b.path(2).asDouble(),
                      b.path(3).asDouble())));
    }
    return boxes.subList(0, frames.size());
  }

  private static List<List<Labelled>> empty(int frames) {
    List<List<Labelled>> lists = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      lists.add(new ArrayList<>());
    }
    return lists;
  }

  private static List<List<Labelled>> truth(FrameSet set) {
    return set.frames().stream()
        .map(f -> f.truth().stream().map(t -> new Labelled(t.label(), t.box())).toList())
        .toList();
  }

  private static List<List<Labelled>> detected(FrameSet set) {
    return set.frames().stream()
        .map(f -> f.detected().stream().map(d -> new Labelled(d.label(), d.box())).toList())
        .toList();
  }

  private static void compare(Path file, List<List<Labelled>> expected, List<List<Labelled>> found)
      throws IOException {
    if (expected.size() != found.size()) {
      throw differs(file, expected.size() + " frames", Integer.toString(found.size()));
    }
    for (int f = 0; f < expected.size(); f++) {
      List<Labelled> wanted = expected.get(f);
      List<Labelled> there = found.get(f);
      boolean same = wanted.size() == there.size();
      for (int i = 0; same && i < wanted.size(); i++) {
        same = wanted.get(i).equalsNearly(there.get(i));
      }
      if (!same) {
        throw differs(file, "%s in frame %d".formatted(wanted, f), there.toString());
      }
    }
  }

  private static IOException differs(Path file, String wanted, String there) {
    return new IOException(
        "'%s' was read back with %s instead of %s; something else writes there: name another folder"
            .formatted(file, there, wanted));
  }
}
