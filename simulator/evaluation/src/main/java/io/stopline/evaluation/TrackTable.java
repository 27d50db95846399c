package io.stopline.evaluation;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An optional table {@code tracks.csv} with the columns {@code file,track} and maybe {@code frame}:
 * which images show the same physical sign, where their names do not say so. {@code file} is the
 * path below the data set's folder.
 */
final class TrackTable {

  static final String FILE = "tracks.csv";

  private final @Nullable Path file;
  private final Map<String, Csv.Row> rows = new HashMap<>();
  private final Set<String> used = new HashSet<>();

  private TrackTable(@Nullable Path file) {
    this.file = file;
  }

  /** Reads the table of a folder; an empty one if there is none. */
  static TrackTable read(FolderTree folder) {
    TrackTable table = new TrackTable(folder.other(FILE));
    if (table.file != null) {
      for (Csv.Row row : Csv.read(table.file, "file", "track")) {
        if (row.text("track").isBlank() || row.text("track").contains("/")) {
          throw row.problem(
              "column 'track' has '%s'; name the sign without '/'".formatted(row.text("track")));
        }
        if (table.rows.put(key(row.text("file")), row) != null) {
          throw row.problem(
              "'%s' stands here for the second time; an image shows one sign"
                  .formatted(row.text("file")));
        }
      }
    }
    return table;
  }

  /** What the table says of an image; null if nothing. */
  TrackNaming.@Nullable Place of(FolderTree folder, Path image) {
    String key = key(folder.path().relativize(image).toString());
    Csv.Row row = rows.get(key);
    if (row == null) {
      return null;
    }
    used.add(key);
    return new TrackNaming.Place(row.text("track").strip(), row.number("frame", 0));
  }

  /**
   * @throws UnusableDatasetException if a row named no image of the data set
   */
  void checkUsed() {
    for (Map.Entry<String, Csv.Row> row : rows.entrySet()) {
      if (!used.contains(row.getKey())) {
        throw row.getValue()
            .problem(
                "'%s' is no image of this data set; give its path below the folder, as in stop/a.png, or delete the line"
                    .formatted(row.getValue().text("file")));
      }
    }
  }

  private static String key(String path) {
    return path.strip().replace('\\', '/').replaceFirst("^\\./", "");
  }
}
