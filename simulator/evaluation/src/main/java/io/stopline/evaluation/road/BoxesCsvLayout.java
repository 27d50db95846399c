package io.stopline.evaluation.road;

import io.stopline.evaluation.Csv;
import io.stopline.evaluation.SplitNames;
import io.stopline.evaluation.UnusableDatasetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Pictures in {@code images/} and one table of all boxes: {@code
 * image,left,top,right,bottom,class,split}. Frames without a sign are in no row; {@code frames.csv}
 * ({@code image,split}) may say which split they belong to, else they go with the frame before
 * them.
 */
final class BoxesCsvLayout implements RoadLayout {

  private static final String TABLE = "boxes.csv";
  private static final String FRAMES = "frames.csv";
  private static final String CLASSES = "classes.csv";

  @Override
  public String description() {
    return "images/ and boxes.csv (image,left,top,right,bottom,class,split)";
  }

  @Override
  public boolean recognises(Path folder) {
    return Files.isRegularFile(folder.resolve(TABLE));
  }

  @Override
  public RoadListing read(Path folder) {
    Path images = folder.resolve("images");
    Map<String, Path> pictures = new TreeMap<>();
    Pictures.in(images).forEach(p -> pictures.put(p.getFileName().toString(), p));
    if (pictures.isEmpty()) {
      throw new UnusableDatasetException(
          "'%s' holds no pictures (PNG, JPEG or PPM), but '%s' lists boxes in them; put them there"
              .formatted(images, folder.resolve(TABLE)));
    }
    List<String> classNames = classNames(folder);
    Map<String, List<ListedBox>> boxes = new TreeMap<>();
    Map<String, String> splits = new TreeMap<>();
    for (Csv.Row row :
        Csv.read(folder.resolve(TABLE), "image", "left", "top", "right", "bottom", "class")) {
      String image = image(row, pictures, images);
      int label = row.number("class");
      if (label >= classNames.size()) {
        throw row.problem(
            "class %d is unknown; there are classes 0..%d ('%s' with id,name may name more)"
                .formatted(label, classNames.size() - 1, folder.resolve(CLASSES)));
      }
      boxes
          .computeIfAbsent(image, i -> new ArrayList<>())
          .add(BoxTable.box(row, label, row.place()));
      assign(splits, row, image);
    }
    if (Files.exists(folder.resolve(FRAMES))) {
      for (Csv.Row row : Csv.read(folder.resolve(FRAMES), "image", "split")) {
        assign(splits, row, image(row, pictures, images));
      }
    }
    List<ListedFrame> frames = new ArrayList<>();
    String split = splits.isEmpty() ? RoadData.ALL : splits.values().iterator().next();
    for (Map.Entry<String, Path> picture : pictures.entrySet()) {
      split = splits.getOrDefault(picture.getKey(), split);
      frames.add(
          new ListedFrame(
              picture.getKey(),
              picture.getValue(),
              split,
              boxes.getOrDefault(picture.getKey(), List.of())));
    }
    return new RoadListing(classNames, frames, List.of());
  }

  private static String image(Csv.Row row, Map<String, Path> pictures, Path images) {
    String image = row.text("image");
    if (!pictures.containsKey(image)) {
      throw row.problem(
          "picture '%s' is not in '%s'; put it there or delete the line".formatted(image, images));
    }
    return image;
  }

  private static void assign(Map<String, String> splits, Csv.Row row, String image) {
    String text = row.text("split").strip();
    if (text.isEmpty()) {
      return;
    }
    String split = SplitNames.usual(text);
    String before = splits.putIfAbsent(image, split);
    if (before != null && !before.equals(split)) {
      throw row.problem(
          "picture '%s' is in split '%s' here and in '%s' before; a frame belongs to one split"
              .formatted(image, split, before));
    }
  }

  private static List<String> classNames(Path folder) {
    Path file = folder.resolve(CLASSES);
    if (!Files.exists(file)) {
      return GtsrbClasses.NAMES;
    }
    Map<Integer, String> names = new LinkedHashMap<>();
    for (Csv.Row row : Csv.read(file, "id", "name")) {
      int id = row.number("id");
      if (id != names.size()) {
        throw row.problem(
            "class %d stands where %d should; number the classes from 0 without gaps"
                .formatted(id, names.size()));
      }
      names.put(id, row.text("name"));
    }
    return List.copyOf(names.values());
  }
}
