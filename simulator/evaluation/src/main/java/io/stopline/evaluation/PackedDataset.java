package io.stopline.evaluation;

import io.stopline.config.images.ImageFiles;
import io.stopline.config.images.UnusableImageException;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A data set packed into lossless PNG sheets: folders {@code train} and {@code test} with one sheet
 * a class and an {@code index.csv} that lists the valid cells, {@code split.csv} that gives each
 * training track its split, {@code classes.csv} with the names. A sheet is decoded when its first
 * image is asked for, and kept.
 */
public final class PackedDataset extends ReadDataset {

  /** What {@code split.csv} says of a track. */
  private record Assignment(String split, boolean heldOut) {}

  private PackedDataset(String name, List<String> classNames, Map<String, Split> splits) {
    super(name, classNames, splits, TrackNotes.ofPacked(splits.values()));
  }

  /** A packed set has them in {@code split.csv}. */
  @Override
  public boolean hasOwnCalibration() {
    return true;
  }

  /** Whether a folder looks like a packed set. */
  static boolean isOne(Path folder) {
    return Files.exists(folder.resolve("train/index.csv"))
        || Files.exists(folder.resolve("test/index.csv"));
  }

  /**
   * Reads the tables of a packed set; the sheets are read later.
   *
   * @throws UnusableDatasetException if a table is missing or wrong
   */
  public static PackedDataset read(Path folder) {
    PackedLayout layout = PackedLayout.read(folder);
    Map<String, Assignment> assignments = readAssignments(folder.resolve("split.csv"));
    Map<String, List<Sample>> samples = new TreeMap<>(splitOrder());
    Map<String, Map<String, List<Sample>>> tracks = new HashMap<>();
    int classes = 0;
    for (String part : List.of("train", "test")) {
      Path index = folder.resolve(part).resolve("index.csv");
      if (!Files.exists(index)) {
        continue;
      }
      Map<String, Image> sheets = new ConcurrentHashMap<>();
      List<Csv.Row> rows = Csv.read(index, "sheet", "cell", "class", "file");
      Map<String, String> byRule =
          part.equals("train") && assignments.isEmpty() ? ruleOf(rows) : Map.of();
      for (Csv.Row row : rows) {
        int label = row.number("class");
        classes = Math.max(classes, label + 1);
        String track = row.text("track").isEmpty() ? "" : label + "/" + row.text("track");
        String split = SplitRule.TEST;
        if (part.equals("train")) {
          split = byRule.getOrDefault(track, SplitRule.TRAIN);
          Assignment assignment = assignments.get(track);
          if (assignment != null) {
            split = assignment.split();
          } else if (!assignments.isEmpty()) {
            throw row.problem("track '%s' is not in split.csv".formatted(track));
          }
        }
        Sample sample =
            new Sample(
                label,
                track,
                row.number("frame", 0),
                row.text("file"),
                cell(folder.resolve(part), row, layout, sheets),
                bounds(row));
        samples.computeIfAbsent(split, s -> new ArrayList<>()).add(sample);
        if (sample.hasTrack()) {
          tracks
              .computeIfAbsent(split, s -> new LinkedHashMap<>())
              .computeIfAbsent(track, t -> new ArrayList<>())
              .add(sample);
        }
      }
    }
    Map<String, Split> splits = new LinkedHashMap<>();
    for (Map.Entry<String, List<Sample>> entry : samples.entrySet()) {
      String split = entry.getKey();
      List<Track> ofSplit = new ArrayList<>();
      tracks
          .getOrDefault(split, Map.of())
          .forEach(
              (id, frames) -> {
                Assignment assignment = assignments.get(id);
                frames.sort(Comparator.comparingInt(Sample::frame));
                ofSplit.add(
                    new Track(
                        id,
                        frames.get(0).label(),
                        split,
                        assignment != null && assignment.heldOut(),
                        frames));
              });
      splits.put(split, new Split(split, entry.getValue(), ofSplit));
    }
    return new PackedDataset(
        folder.toAbsolutePath().normalize().getFileName().toString(),
        readClassNames(folder.resolve("classes.csv"), classes),
        splits);
  }

  /** Where the sign lies, from its place in the photograph, if the table has that. */
  private static Sample.@Nullable Bounds bounds(Csv.Row row) {
    double width = row.number("orig_w", 0);
    double height = row.number("orig_h", 0);
    double right = row.number("roi_x2", 0) / Math.max(1, width);
    double bottom = row.number("roi_y2", 0) / Math.max(1, height);
    double left = row.number("roi_x1", 0) / Math.max(1, width);
    double top = row.number("roi_y1", 0) / Math.max(1, height);
    return left < right && top < bottom && right <= 1 && bottom <= 1
        ? new Sample.Bounds(left, top, right, bottom)
        : null;
  }

  private static Comparator<String> splitOrder() {
    return Comparator.comparingInt(SplitRule::rank).thenComparing(Comparator.naturalOrder());
  }

  private static Map<String, Assignment> readAssignments(Path file) {
    Map<String, Assignment> assignments = new HashMap<>();
    if (!Files.exists(file)) {
      return assignments;
    }
    for (Csv.Row row : Csv.read(file, "class", "track", "split")) {
      String split = row.text("split");
      if (SplitRule.rank(split) > SplitRule.rank(SplitRule.CALIBRATION)) {
        throw row.problem("split '%s' is not train, validation or calibration".formatted(split));
      }
      String track = row.number("class") + "/" + row.text("track");
      boolean heldOut = row.text("seen_by_starting_models").equals("no");
      if (assignments.put(track, new Assignment(split, heldOut)) != null) {
        throw row.problem("track '%s' stands here for the second time".formatted(track));
      }
    }
    return assignments;
  }

  /** Splits by the rule, for a set without {@code split.csv}. */
  private static Map<String, String> ruleOf(List<Csv.Row> rows) {
    Map<Integer, TreeSet<String>> tracks = new TreeMap<>();
    for (Csv.Row row : rows) {
      tracks.computeIfAbsent(row.number("class"), c -> new TreeSet<>()).add(row.text("track"));
    }
    Map<String, String> rule = new HashMap<>();
    tracks.forEach(
        (label, ids) -> {
          int number = 0;
          for (String id : ids) {
            rule.put(label + "/" + id, SplitRule.of(number++));
          }
        });
    return rule;
  }

  private static List<String> readClassNames(Path file, int classes) {
    List<String> names = new ArrayList<>();
    if (Files.exists(file)) {
      for (Csv.Row row : Csv.read(file, "id", "name")) {
        if (row.number("id") != names.size()) {
          throw row.problem("class ids do not count up from 0");
        }
        names.add(row.text("name"));
      }
    }
    while (names.size() < classes) {
      names.add("class " + names.size());
    }
    return names;
  }

  private static java.util.function.Supplier<Image> cell(
      Path folder, Csv.Row row, PackedLayout layout, Map<String, Image> sheets) {
    String sheet = row.text("sheet");
    // A data set from elsewhere must not reach outside its own folder.
    if (!sheet.matches("[A-Za-z0-9_-][A-Za-z0-9_.-]*")) {
      throw row.problem("sheet '%s' is not a plain file name".formatted(sheet));
    }
    int number = row.number("cell");
    if ((number / layout.columns() + 1L) * layout.cellHeight() > Image.MAX_PIXELS) {
      throw row.problem("cell %d lies outside any sheet".formatted(number));
    }
    // Not the row, whose texts are many.
    String place = row.place();
    return () -> {
      Image whole = sheets.computeIfAbsent(sheet, s -> readSheet(folder.resolve(s)));
      Region region = layout.cell(number);
      if (!region.isInside(whole.width(), whole.height())) {
        throw new UnusableDatasetException(
            "%s: cell %d (%s) lies outside sheet '%s' of %d×%d px"
                .formatted(place, number, region, sheet, whole.width(), whole.height()));
      }
      return whole.view(region);
    };
  }

  private static Image readSheet(Path file) {
    try {
      return ImageFiles.read(file);
    } catch (UnusableImageException e) {
      throw new UnusableDatasetException("sheet of a packed set: " + e.getMessage(), e);
    }
  }
}
