package io.stopline.evaluation.road;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.evaluation.SplitNames;
import io.stopline.evaluation.UnusableDatasetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The layout of Microsoft COCO (cocodataset.org, "data format"): one JSON file a split with {@code
 * images}, {@code annotations} ({@code bbox}: x, y, width, height in px) and {@code categories}.
 * Pictures lie beside the file, in a folder {@code images} or in one named after the split.
 * Annotations with {@code iscrowd} are not judged.
 */
final class CocoLayout implements RoadLayout {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String description() {
    return "annotations*.json, _annotations.coco.json, instances_*.json or coco.json and the pictures (COCO)";
  }

  @Override
  public boolean recognises(Path folder) {
    return !tables(folder).isEmpty();
  }

  private static List<Path> tables(Path folder) {
    return Pictures.files(
        folder,
        3,
        p -> p.getFileName().toString().matches("(_?annotations.*|instances_.*|coco)\\.json"));
  }

  @Override
  public RoadListing read(Path folder) {
    Map<String, Integer> classes = new LinkedHashMap<>();
    Map<Path, Draft> drafts = new LinkedHashMap<>();
    for (Path table : tables(folder)) {
      readTable(folder, table, classes, drafts);
    }
    Map<Path, String> names = Pictures.names(folder, List.copyOf(drafts.keySet()));
    List<ListedFrame> frames = new ArrayList<>();
    drafts.forEach(
        (picture, draft) ->
            frames.add(
                new ListedFrame(
                    names.getOrDefault(picture, picture.toString()),
                    picture,
                    draft.split,
                    draft.boxes)));
    frames.sort(Comparator.comparing(ListedFrame::name));
    return new RoadListing(List.copyOf(classes.keySet()), frames, List.of());
  }

  /** A picture while its boxes are gathered. */
  private static final class Draft {
    final String split;
    final List<ListedBox> boxes = new ArrayList<>();

    Draft(String split) {
      this.split = split;
    }
  }

  private static void readTable(
      Path folder, Path table, Map<String, Integer> classes, Map<Path, Draft> drafts) {
    JsonNode root = tree(table);
    List<String> words = new ArrayList<>();
    String stem = table.getFileName().toString();
    words.addAll(Arrays.asList(stem.split("[^A-Za-z0-9]+")));
    folder.relativize(table.resolveSibling("")).forEach(part -> words.add(part.toString()));
    String split = SplitNames.among(words, RoadData.ALL);
    Map<Long, Integer> labels = labels(table, root, classes);
    Map<Long, Draft> byId = new HashMap<>();
    for (JsonNode image : array(table, root, "images")) {
      long id = id(table, image, "id", "image");
      Path picture = picture(folder, table, split, words, image);
      Draft draft = new Draft(split);
      if (byId.put(id, draft) != null) {
        throw new UnusableDatasetException(
            "'%s': image id %d stands there twice; ids must be unique".formatted(table, id));
      }
      if (drafts.put(picture, draft) != null) {
        throw new UnusableDatasetException(
            "'%s': picture '%s' is listed twice; a frame belongs to one split"
                .formatted(table, picture));
      }
    }
    for (JsonNode annotation : array(table, root, "annotations")) {
      String where =
          "'%s', annotation id %s".formatted(table, annotation.path("id").asText("unknown"));
      Draft draft = byId.get(id(table, annotation, "image_id", where));
      if (draft == null) {
        throw new UnusableDatasetException(
            "%s: image_id %s is not under 'images'; add the image or delete the annotation"
                .formatted(where, annotation.path("image_id").asText()));
      }
      Integer label = labels.get(id(table, annotation, "category_id", where));
      if (label == null) {
        throw new UnusableDatasetException(
            "%s: category_id %s is not under 'categories'; add the category or delete the annotation"
                .formatted(where, annotation.path("category_id").asText()));
      }
      boolean crowd = annotation.path("iscrowd").asInt() != 0;
      draft.boxes.add(box(annotation.path("bbox"), crowd ? SignBox.OTHER : label, where));
    }
  }

  private static ListedBox box(JsonNode bbox, int label, String where) {
    double[] n = new double[4];
    boolean good = bbox.isArray() && bbox.size() == 4;
    for (int i = 0; i < 4 && good; i++) {
      good = bbox.get(i).isNumber();
      n[i] = bbox.get(i).asDouble();
    }
    if (!good) {
      throw new UnusableDatasetException(
          "%s: bbox is %s; it must be [x, y, width, height] in px".formatted(where, bbox));
    }
    return new ListedBox(n[0], n[1], n[0] + n[2], n[1] + n[3], false, label, where);
  }

  /** Category id → class index; a name has one index in all files. */
  private static Map<Long, Integer> labels(
      Path table, JsonNode root, Map<String, Integer> classes) {
    Map<Long, String> names = new TreeMap<>();
    for (JsonNode category : array(table, root, "categories")) {
      long id = id(table, category, "id", "category");
      String name = category.path("name").asText("");
      if (name.isBlank() || names.put(id, name) != null) {
        throw new UnusableDatasetException(
            "'%s': category id %d has no name or stands there twice".formatted(table, id));
      }
    }
    Map<Long, Integer> labels = new HashMap<>();
    names.forEach((id, name) -> labels.put(id, classes.computeIfAbsent(name, n -> classes.size())));
    return labels;
  }

  private static Path picture(
      Path folder, Path table, String split, List<String> words, JsonNode image) {
    String name = image.path("file_name").asText("");
    List<Path> places = new ArrayList<>();
    Path beside = table.resolveSibling("");
    places.add(beside);
    places.add(beside.resolve("images"));
    places.add(folder);
    places.add(folder.resolve("images"));
    for (String word : words) {
      if (SplitNames.known(word) != null) {
        places.add(folder.resolve(word));
        places.add(folder.resolve("images").resolve(word));
        places.add(folder.resolve(word).resolve("images"));
      }
    }
    places.add(folder.resolve(split));
    for (Path place : places) {
      Path file = inside(folder, place, name);
      if (file != null && Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new UnusableDatasetException(
        "'%s': picture '%s' is neither beside it nor in a folder 'images' nor in one named after the split; put it there"
            .formatted(table, name));
  }

  /** The file of that name in a place; null if the name leads out of the data set. */
  private static @Nullable Path inside(Path folder, Path place, String name) {
    try {
      Path file = place.resolve(name).normalize();
      return !name.isEmpty() && file.startsWith(folder.normalize()) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static long id(Path table, JsonNode node, String field, String what) {
    JsonNode id = node.path(field);
    if (!id.canConvertToLong() || !id.isIntegralNumber()) {
      throw new UnusableDatasetException(
          "'%s': %s has %s %s, not a whole number".formatted(table, what, field, id));
    }
    return id.asLong();
  }

  private static JsonNode array(Path table, JsonNode root, String field) {
    JsonNode node = root.path(field);
    if (!node.isArray()) {
      throw new UnusableDatasetException(
          "'%s' has no list '%s'; COCO files have images, annotations and categories"
              .formatted(table, field));
    }
    return node;
  }

  private static JsonNode tree(Path table) {
    try {
      return JSON.readTree(table.toFile());
    } catch (JsonProcessingException e) {
      throw new UnusableDatasetException(
          "%s, line %d: not JSON (%s)"
              .formatted(
                  table,
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' cannot be read (%s)".formatted(table, e.getMessage()), e);
    }
  }
}
