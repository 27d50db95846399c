package io.stopline.evaluation.road;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stopline.evaluation.SplitNames;
import io.stopline.evaluation.UnusableDatasetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The layout that YOLO trainers read: each picture below {@code images/} has a text file of the
 * same name below {@code labels/}, one {@code class cx cy width height} a line as shares of the
 * picture (or a class and the corners of a polygon), and {@code data.yaml} or {@code classes.txt}
 * names the classes. Folders {@code train}, {@code val} and {@code test} may stand above or below
 * {@code images}.
 */
final class YoloLayout implements RoadLayout {

  private static final String IMAGES = "images";
  private static final String LABELS = "labels";
  private static final List<String> NAME_LISTS =
      List.of("classes.txt", "labels/classes.txt", "obj.names", "classes.names");

  @Override
  public String description() {
    return "images/, labels/*.txt (class cx cy width height) and classes.txt or data.yaml (YOLO)";
  }

  @Override
  public boolean recognises(Path folder) {
    return !labelFiles(folder).isEmpty();
  }

  @Override
  public RoadListing read(Path folder) {
    Names names = names(folder);
    List<Path> pictures =
        Pictures.below(folder).stream()
            .filter(p -> parts(folder.relativize(p)).contains(IMAGES))
            .toList();
    if (pictures.isEmpty()) {
      throw new UnusableDatasetException(
          "'%s' has labels, but no pictures (PNG, JPEG or PPM) in a folder 'images'; put them there"
              .formatted(folder));
    }
    Map<Path, String> called = Pictures.names(folder, pictures);
    Set<Path> used = new HashSet<>();
    List<ListedFrame> frames = new ArrayList<>();
    int without = 0;
    for (Path picture : pictures) {
      Path labels = labelsOf(folder, picture);
      List<ListedBox> boxes = List.of();
      if (Files.isRegularFile(labels)) {
        if (!used.add(labels)) {
          throw new UnusableDatasetException(
              "'%s' belongs to two pictures, '%s' and one of another ending; remove one"
                  .formatted(labels, picture));
        }
        boxes = boxes(labels, names);
      } else {
        without++;
      }
      frames.add(
          new ListedFrame(
              called.getOrDefault(picture, picture.toString()),
              picture,
              SplitNames.among(parts(folder.relativize(picture)), RoadData.ALL),
              boxes));
    }
    for (Path labels : labelFiles(folder)) {
      if (!used.contains(labels)) {
        throw new UnusableDatasetException(
            "'%s' has no picture of its name in the folder 'images' beside 'labels'; put it there or delete the file"
                .formatted(labels));
      }
    }
    return new RoadListing(
        names.names(),
        frames,
        without == 0
            ? List.of()
            : List.of(
                "%d of %d pictures have no file below 'labels' and count as frames without a sign"
                    .formatted(without, pictures.size())));
  }

  private static List<Path> labelFiles(Path folder) {
    return Pictures.below(
        folder,
        file -> {
          String name = file.getFileName().toString();
          return name.endsWith(".txt")
              && !name.equals("classes.txt")
              && parts(folder.relativize(file)).contains(LABELS);
        });
  }

  /** The folders of a path. */
  private static List<String> parts(Path path) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < path.getNameCount() - 1; i++) {
      parts.add(path.getName(i).toString());
    }
    return parts;
  }

  private static Path labelsOf(Path folder, Path picture) {
    Path relative = folder.relativize(picture);
    List<String> parts = parts(relative);
    parts.set(parts.lastIndexOf(IMAGES), LABELS);
    String file = relative.getFileName().toString();
    Path labels = folder;
    for (String part : parts) {
      labels = labels.resolve(part);
    }
    return labels.resolve(file.substring(0, file.lastIndexOf('.')) + ".txt");
  }

  private static List<ListedBox> boxes(Path labels, Names names) {
    List<String> lines = lines(labels);
    List<ListedBox> boxes = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        boxes.add(box(lines.get(i).strip(), "%s, line %d".formatted(labels, i + 1), names));
      }
    }
    return boxes;
  }

  private static ListedBox box(String line, String where, Names names) {
    String[] words = line.split("\\s+", -1);
    double[] numbers = new double[words.length];
    for (int i = 0; i < words.length; i++) {
      try {
        numbers[i] = Double.parseDouble(words[i]);
      } catch (NumberFormatException e) {
        numbers[i] = Double.NaN;
      }
      if (!Double.isFinite(numbers[i])) {
        throw new UnusableDatasetException(
            "%s: '%s' is not a number; a line is 'class cx cy width height'"
                .formatted(where, words[i]));
      }
    }
    if (numbers.length != 5 && (numbers.length < 7 || numbers.length % 2 == 0)) {
      throw new UnusableDatasetException(
          "%s: %d numbers; a line is 'class cx cy width height', or a class and the corners of a polygon"
              .formatted(where, numbers.length));
    }
    if (numbers[0] != Math.rint(numbers[0]) || numbers[0] < 0) {
      throw new UnusableDatasetException(
          "%s: class '%s' is not a whole number from 0 up".formatted(where, words[0]));
    }
    if (numbers[0] >= names.names().size()) {
      throw new UnusableDatasetException(
          "%s: class %s, but '%s' names %d classes (0..%d); is it a line short?"
              .formatted(
                  where, words[0], names.file(), names.names().size(), names.names().size() - 1));
    }
    for (int i = 1; i < numbers.length; i++) {
      if (Math.abs(numbers[i]) > 2) {
        throw new UnusableDatasetException(
            "%s: %s is no share of the picture; centre and size are divided by its width and height (0..1)"
                .formatted(where, words[i]));
      }
    }
    int label = (int) numbers[0];
    if (numbers.length == 5) {
      return new ListedBox(
          numbers[1] - numbers[3] / 2,
          numbers[2] - numbers[4] / 2,
          numbers[1] + numbers[3] / 2,
          numbers[2] + numbers[4] / 2,
          true,
          label,
          where);
    }
    double left = Double.MAX_VALUE;
    double top = Double.MAX_VALUE;
    double right = -Double.MAX_VALUE;
    double bottom = -Double.MAX_VALUE;
    for (int i = 1; i < numbers.length; i += 2) {
      left = Math.min(left, numbers[i]);
      right = Math.max(right, numbers[i]);
      top = Math.min(top, numbers[i + 1]);
      bottom = Math.max(bottom, numbers[i + 1]);
    }
    return new ListedBox(left, top, right, bottom, true, label, where);
  }

  /** Names of the classes and the file that has them. */
  private record Names(Path file, List<String> names) {}

  private static Names names(Path folder) {
    for (Path file :
        Pictures.files(folder, 1, p -> p.getFileName().toString().matches(".*\\.ya?ml"))) {
      List<String> names = yamlNames(file);
      if (!names.isEmpty()) {
        return new Names(file, names);
      }
    }
    for (String list : NAME_LISTS) {
      Path file = folder.resolve(list);
      if (Files.isRegularFile(file)) {
        List<String> names = new ArrayList<>(lines(file).stream().map(String::strip).toList());
        while (!names.isEmpty() && names.get(names.size() - 1).isEmpty()) {
          names.remove(names.size() - 1);
        }
        if (names.isEmpty() || names.contains("")) {
          throw new UnusableDatasetException(
              "'%s' is empty or has an empty line; it holds one class name a line, in order of the class numbers"
                  .formatted(file));
        }
        return new Names(file, List.copyOf(names));
      }
    }
    throw new UnusableDatasetException(
        "'%s' has YOLO labels, but nothing names the classes; write classes.txt with one name a line, in order of the class numbers, or data.yaml with 'names'"
            .formatted(folder));
  }

  /** The list {@code names}, or its map from number to name; empty if the file has none. */
  private static List<String> yamlNames(Path file) {
    JsonNode root;
    try {
      root = new YAMLMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' is not a YAML file (%s)".formatted(file, e.getMessage()), e);
    }
    JsonNode names = root.path("names");
    String[] list = new String[names.size()];
    if (names.isArray()) {
      for (int i = 0; i < list.length; i++) {
        list[i] = names.get(i).asText();
      }
    } else {
      names
          .properties()
          .forEach(
              entry -> {
                String key = entry.getKey();
                int number = key.matches("\\d{1,6}") ? Integer.parseInt(key) : -1;
                if (number < 0 || number >= list.length) {
                  throw new UnusableDatasetException(
                      "'%s': class '%s' under 'names'; number the classes from 0 without gaps"
                          .formatted(file, key));
                }
                list[number] = entry.getValue().asText();
              });
    }
    if (list.length > 0 && root.has("nc") && root.get("nc").asInt() != list.length) {
      throw new UnusableDatasetException(
          "'%s': 'nc' is %s, but 'names' has %d; correct one of them"
              .formatted(file, root.get("nc").asText(), list.length));
    }
    return Arrays.asList(list);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' cannot be read as text (%s)".formatted(file, e.getMessage()), e);
    }
  }
}
