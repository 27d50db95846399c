package io.stopline.evaluation.road;

import io.stopline.evaluation.Csv;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Real signs that public data sets do not label, found by a detector and looked at by a person: bus
 * stops, parking, half hidden ones. They count as neither signs nor background wherever the very
 * same picture is used, so pictures are known by their SHA-256. Stateless.
 */
final class KnownUnlabelled {

  private static final String FILE = "gtsdb-unlabelled.csv";
  private static final Map<String, List<ListedBox>> BOXES = read();

  private KnownUnlabelled() {}

  /**
   * What is known of a picture; mostly nothing.
   *
   * @param sha256 of its file, lower-case hexadecimal
   */
  static List<ListedBox> in(String sha256) {
    return BOXES.getOrDefault(sha256, List.of());
  }

  private static Map<String, List<ListedBox>> read() {
    Map<String, List<ListedBox>> boxes = new HashMap<>();
    for (Csv.Row row :
        Csv.parse(
            Path.of(FILE), ResourceLines.of(FILE), "sha256", "left", "top", "right", "bottom")) {
      boxes
          .computeIfAbsent(row.text("sha256"), i -> new ArrayList<>())
          .add(BoxTable.box(row, SignBox.OTHER, row.place()));
    }
    return boxes;
  }
}
