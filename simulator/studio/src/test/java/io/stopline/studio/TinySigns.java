package io.stopline.studio;

import java.awt.image.BufferedImage;
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
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** A packed set of real signs that is small enough to be read and trained on in seconds. */
final class TinySigns implements AutoCloseable {

  private static final int TRAIN_TRACKS = 2;
  private static final int FRAME = 25;

  /** Of the sheets. */
  private static final int COLUMNS = 30;

  private static final int SIDE = 32;

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
    Map<String, List<Integer>> cells = new TreeMap<>();
    for (String row : index.subList(1, index.size())) {
      String[] columns = row.split(",", -1);
      if (kept.contains(columns[2] + "/" + columns[10]) && Integer.parseInt(columns[11]) == FRAME) {
        List<Integer> ofSheet = cells.computeIfAbsent(columns[0], sheet -> new ArrayList<>());
        ofSheet.add(Integer.valueOf(columns[1]));
        columns[1] = String.valueOf(ofSheet.size() - 1);
        frames.add(String.join(",", columns));
      }
    }
    Files.write(folder.resolve("train/index.csv"), frames);
    for (Map.Entry<String, List<Integer>> sheet : cells.entrySet()) {
      BufferedImage whole = ImageIO.read(gtsrb.resolve("train").resolve(sheet.getKey()).toFile());
      BufferedImage few = new BufferedImage(COLUMNS * SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < sheet.getValue().size(); i++) {
        int cell = sheet.getValue().get(i);
        few.getGraphics()
            .drawImage(
                whole.getSubimage(cell % COLUMNS * SIDE, cell / COLUMNS * SIDE, SIDE, SIDE),
                i * SIDE,
                0,
                null);
      }
      ImageIO.write(few, "png", folder.resolve("train").resolve(sheet.getKey()).toFile());
    }
    Files.copy(gtsrb.resolve("classes.csv"), folder.resolve("classes.csv"));
    return new TinySigns(folder);
  }
}
