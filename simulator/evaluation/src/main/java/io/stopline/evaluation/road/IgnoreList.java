package io.stopline.evaluation.road;

import io.stopline.evaluation.Csv;
import io.stopline.evaluation.UnusableDatasetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Real signs that a data set does not label, found by eye: {@code
 * image,left,top,right,bottom,what}, px, both ends inclusive. A find on one of them is neither
 * right nor false.
 */
final class IgnoreList {

  /** Its name where it lies in the data set's folder. */
  static final String FILE = "ignore.csv";

  /** Where nobody gave a list: what Stopline itself knows of public pictures. */
  static final IgnoreList KNOWN = new IgnoreList(null);

  private final @Nullable Map<String, List<ListedBox>> boxes;

  /**
   * @param boxes by frame; null for what is known
   */
  private IgnoreList(@Nullable Map<String, List<ListedBox>> boxes) {
    this.boxes = boxes;
  }

  /**
   * Reads a list.
   *
   * @param given by name, or null for the one in the folder or, if there is none, {@link #KNOWN}
   * @param frames names of all frames of the data set
   */
  static IgnoreList read(Path folder, @Nullable Path given, Set<String> frames) {
    Path file = given == null ? folder.resolve(FILE) : given;
    if (given != null && !Files.isRegularFile(given)) {
      throw new UnusableDatasetException(
          "ignore list '%s' does not exist; it has a line image,left,top,right,bottom,what for each sign"
              .formatted(given));
    }
    if (!Files.isRegularFile(file)) {
      return KNOWN;
    }
    Map<String, List<ListedBox>> boxes = new HashMap<>();
    for (Csv.Row row : Csv.read(file, "image", "left", "top", "right", "bottom")) {
      String image = row.text("image");
      if (!frames.contains(image)) {
        throw row.problem(
            "picture '%s' is not in data set '%s'; correct the name or delete the line"
                .formatted(image, folder));
      }
      boxes
          .computeIfAbsent(image, i -> new ArrayList<>())
          .add(BoxTable.box(row, SignBox.OTHER, row.place()));
    }
    return new IgnoreList(boxes);
  }

  /**
   * What is not to be judged in a frame.
   *
   * @param frame its name
   * @param sha256 of its picture
   */
  List<ListedBox> of(String frame, String sha256) {
    return boxes == null ? KnownUnlabelled.in(sha256) : boxes.getOrDefault(frame, List.of());
  }
}
