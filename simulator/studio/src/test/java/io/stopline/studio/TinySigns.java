package io.stopline.studio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A packed set of real signs that is small enough to train on in seconds. Its sheets are links to
 * those of the whole set, so it lies in a folder of its own and removes it itself: JUnit warns of
 * every link in its own temporary folders.
 */
final class TinySigns implements AutoCloseable {

  private static final int TRAIN_TRACKS = 2;
  private static final int FRAME = 25;

  private final Path folder;

  private TinySigns(Path folder) {
    this.folder = folder;
  }

  /** Where it lies. */
  Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /**
   * One frame of two training tracks and of one validation track of each class.
   *
   * @param gtsrb the whole packed set
   */
  static TinySigns of(Path gtsrb) throws IOException {
    Path folder = Files.createTempDirectory("signs");
    Files.createDirectories(folder.resolve("train"));
    List<String> split = Files.readAllLines(gtsrb.resolve("split.csv"));
    Map<String, Integer> taken = new HashMap<>();
    Set<String> kept = new HashSet<>();
    List<String> tracks = new ArrayList<>(List.of(split.get(0)));
    for (String row : split.subList(1, split.size())) {
      String[] cells = row.split(",", -1);
      boolean train = cells[2].equals("train");
      if ((train || cells[2].equals("validation"))
          && taken.merge(cells[0] + cells[2], 1, Integer::sum) <= (train ? TRAIN_TRACKS : 1)) {
        kept.add(cells[0] + "/" + cells[1]);
        tracks.add(row);
      }
    }
    Files.write(folder.resolve("split.csv"), tracks);
    List<String> index = Files.readAllLines(gtsrb.resolve("train/index.csv"));
    List<String> frames = new ArrayList<>(List.of(index.get(0)));
    Set<String> sheets = new HashSet<>();
    for (String row : index.subList(1, index.size())) {
      String[] cells = row.split(",", -1);
      if (kept.contains(cells[2] + "/" + cells[10]) && Integer.parseInt(cells[11]) == FRAME) {
        frames.add(row);
        sheets.add(cells[0]);
      }
    }
    Files.write(folder.resolve("train/index.csv"), frames);
    for (String sheet : sheets) {
      Files.createSymbolicLink(
          folder.resolve("train").resolve(sheet),
          gtsrb.resolve("train").resolve(sheet).toAbsolutePath());
    }
    Files.copy(gtsrb.resolve("classes.csv"), folder.resolve("classes.csv"));
    return new TinySigns(folder);
  }
}
