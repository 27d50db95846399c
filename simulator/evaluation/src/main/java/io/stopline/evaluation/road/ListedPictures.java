package io.stopline.evaluation.road;

import io.stopline.evaluation.Csv;
import io.stopline.evaluation.UnusableDatasetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pictures of any folders with a table of boxes that somebody else keeps: {@code
 * image,left,top,right,bottom,label}. {@code image} is a path below the folder, the edges are px,
 * both ends inclusive, {@code label} is a name. A picture without any object has a line whose other
 * cells are empty. Only pictures that are listed count.
 */
final class ListedPictures {

  private ListedPictures() {}

  /**
   * Reads everything but the pictures.
   *
   * @param folder that the paths count from
   * @throws UnusableDatasetException if the table is missing, damaged or names a picture that is
   *     not there; names file, line and cure
   */
  static RoadListing read(Path folder, Path table) {
    Map<String, List<ListedBox>> boxes = new LinkedHashMap<>();
    List<String> labels = new ArrayList<>();
    for (Csv.Row row : Csv.read(table, "image", "left", "top", "right", "bottom", "label")) {
      String image = row.text("image").strip();
      Path file = folder.resolve(image).normalize();
      if (image.isEmpty() || !file.startsWith(folder) || !Files.isRegularFile(file)) {
        throw row.problem(
            "picture '%s' is not below '%s'; correct the path or delete the line"
                .formatted(image, folder));
      }
      List<ListedBox> ofImage = boxes.computeIfAbsent(image, i -> new ArrayList<>());
      String label = row.text("label").strip();
      if (!label.isEmpty()) {
        if (!labels.contains(label)) {
          labels.add(label);
        }
        ofImage.add(BoxTable.box(row, labels.indexOf(label), row.place()));
      } else if (!row.text("left").isBlank()) {
        throw row.problem("the box has no label; name what it shows");
      }
    }
    List<ListedFrame> frames = new ArrayList<>();
    boxes.forEach(
        (image, list) ->
            frames.add(new ListedFrame(image, folder.resolve(image), RoadData.ALL, list)));
    return new RoadListing(labels, frames, List.of());
  }
}
