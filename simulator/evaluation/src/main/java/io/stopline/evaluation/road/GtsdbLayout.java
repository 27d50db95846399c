package io.stopline.evaluation.road;

import io.stopline.evaluation.UnusableDatasetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The German Traffic Sign Detection Benchmark as it is published (Houben et al. 2013): pictures
 * {@code 00000.ppm} to {@code 00899.ppm} and {@code gt.txt} with {@code
 * image;left;top;right;bottom;class} a line, both ends inclusive. Its first 600 frames are for
 * training, the rest is the test set.
 */
final class GtsdbLayout implements RoadLayout {

  private static final String TABLE = "gt.txt";
  private static final int FIRST_TEST_FRAME = 600;

  @Override
  public String description() {
    return "pictures and gt.txt (image;left;top;right;bottom;class) as GTSDB is published";
  }

  @Override
  public boolean recognises(Path folder) {
    return Files.isRegularFile(folder.resolve(TABLE));
  }

  @Override
  public RoadListing read(Path folder) {
    Map<String, Path> pictures = new TreeMap<>();
    Pictures.in(folder).forEach(p -> pictures.put(p.getFileName().toString(), p));
    Path table = folder.resolve(TABLE);
    if (pictures.isEmpty()) {
      throw new UnusableDatasetException(
          "'%s' holds no pictures (00000.ppm and so on), but '%s' lists boxes in them; put them there"
              .formatted(folder, table));
    }
    Map<String, List<ListedBox>> boxes = new TreeMap<>();
    List<String> lines = lines(table);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        String where = "%s, line %d".formatted(table, i + 1);
        String[] cells = lines.get(i).strip().split(";", -1);
        if (cells.length != 6) {
          throw new UnusableDatasetException(
              "%s: '%s' is not image;left;top;right;bottom;class".formatted(where, lines.get(i)));
        }
        if (!pictures.containsKey(cells[0])) {
          throw new UnusableDatasetException(
              "%s: picture '%s' is not in '%s'; put it there or delete the line"
                  .formatted(where, cells[0], folder));
        }
        boxes.computeIfAbsent(cells[0], p -> new ArrayList<>()).add(box(cells, where));
      }
    }
    List<ListedFrame> frames = new ArrayList<>();
    pictures.forEach(
        (name, file) ->
            frames.add(
                new ListedFrame(
                    name, file, split(name, folder), boxes.getOrDefault(name, List.of()))));
    return new RoadListing(GtsrbClasses.NAMES, frames, List.of());
  }

  private static ListedBox box(String[] cells, String where) {
    int[] numbers = new int[6];
    for (int i = 1; i < 6; i++) {
      try {
        numbers[i] = Integer.parseInt(cells[i].strip());
      } catch (NumberFormatException e) {
        throw new UnusableDatasetException(
            "%s: '%s' is not a whole number".formatted(where, cells[i]), e);
      }
    }
    int label = numbers[5];
    if (label < 0 || label >= GtsrbClasses.NAMES.size()) {
      throw new UnusableDatasetException(
          "%s: class %d is unknown; GTSDB has classes 0..%d"
              .formatted(where, label, GtsrbClasses.NAMES.size() - 1));
    }
    return new ListedBox(
        numbers[1], numbers[2], numbers[3] + 1, numbers[4] + 1, false, label, where);
  }

  private static String split(String name, Path folder) {
    String stem = name.substring(0, name.lastIndexOf('.'));
    if (!stem.matches("\\d{1,9}")) {
      throw new UnusableDatasetException(
          "picture '%s' in '%s' has no number for a name, so its split is not known; name frames 00000 and so on, or write boxes.csv with a column 'split'"
              .formatted(name, folder));
    }
    return Integer.parseInt(stem) < FIRST_TEST_FRAME ? "train" : "test";
  }

  private static List<String> lines(Path table) {
    try {
      return Files.readAllLines(table, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' cannot be read (%s)".formatted(table, e.getMessage()), e);
    }
  }
}
