package io.stopline.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * GTSRB as its archive on Kaggle has it: {@code Train/CLASS/CLASS_TRACK_FRAME.png}, {@code
 * Test/00000.png}, pictograms in {@code Meta}, and tables {@code Train.csv} and {@code Test.csv}
 * with {@code Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path}. Letter case does not count,
 * and parts may be missing; the folder {@code Train} alone is read too. The class index is the
 * class's number, so a class without images keeps its place.
 */
final class KaggleGtsrbLayout implements SignLayout {

  @Override
  public String description() {
    return "GTSRB from Kaggle: Train/CLASS/CLASS_TRACK_FRAME.png, Test/*.png, Train.csv, Test.csv";
  }

  @Override
  public boolean recognises(FolderTree folder) {
    SplitFolders split = SplitFolders.of(folder);
    if (split.parts().isEmpty()) {
      return split.flat().isEmpty()
          ? isTrain(folder)
          : split.flat().containsKey(SplitRule.TEST) && testTable(folder, split) != null;
    }
    FolderTree train = split.parts().get(SplitRule.TRAIN);
    return split.parts().size() == 1 && train != null && isTrain(train);
  }

  /** Class folders named by number, with files that say the same number. */
  private static boolean isTrain(FolderTree folder) {
    List<FolderTree> classes = folder.foldersWithImages();
    return !classes.isEmpty()
        && folder.images().isEmpty()
        && classes.stream()
            .allMatch(
                c ->
                    c.name().matches("\\d{1,4}")
                        && !c.images().isEmpty()
                        && TrackNaming.isKaggles(
                            String.valueOf(c.images().get(0).getFileName()),
                            Integer.parseInt(c.name())));
  }

  @Override
  public SignListing read(FolderTree folder) {
    SplitFolders split = SplitFolders.of(folder);
    refuseBeside(folder, split);
    List<String> notes = new ArrayList<>(split.notes());
    List<ListedSign> signs = new ArrayList<>();
    int classes = 0;
    FolderTree train =
        split.parts().isEmpty() && split.flat().isEmpty()
            ? folder
            : split.parts().get(SplitRule.TRAIN);
    if (train != null) {
      Map<String, Csv.Row> rows = trainRows(folder);
      Map<String, List<Path>> images = ClassFolders.of(train).images();
      for (String name : ClassNames.ordered(train.path(), images.keySet())) {
        if (name.matches("\\d{1,4}")) {
          int label = Integer.parseInt(name);
          classes = Math.max(classes, label + 1);
          train(label, name, images.getOrDefault(name, List.of()), rows, signs);
        }
      }
    }
    FolderTree test = split.flat().get(SplitRule.TEST);
    Path table = testTable(folder, split);
    if (test != null && table == null) {
      notes.add(
          FolderPerClassLayout.withoutClasses(SplitRule.TEST, test)
              + "; Test.csv of the archive has them");
    } else if (test != null && table != null) {
      classes = Math.max(classes, test(test, table, signs, notes));
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      names.add(Integer.toString(i));
    }
    return new SignListing(names, signs, notes);
  }

  /** The pictograms in Meta are no photographs; other images would be left out unseen. */
  private static void refuseBeside(FolderTree folder, SplitFolders split) {
    if (split.parts().isEmpty() && split.flat().isEmpty()) {
      return;
    }
    List<FolderTree> beside = new ArrayList<>(split.others());
    split
        .flat()
        .forEach((part, f) -> beside.addAll(part.equals(SplitRule.TEST) ? List.of() : List.of(f)));
    beside.removeIf(f -> f.name().equalsIgnoreCase("Meta") || !f.hasImagesBelow());
    if (!beside.isEmpty() || !folder.images().isEmpty()) {
      throw new UnusableDatasetException(
          "data set '%s' is GTSRB as on Kaggle, but has images beside 'Train', 'Test' and 'Meta': %s; move them out"
              .formatted(
                  folder.path(),
                  beside.isEmpty()
                      ? Names.of(folder.images())
                      : Names.of(FolderTree.paths(beside))));
    }
  }

  private static void train(
      int label,
      String name,
      List<Path> images,
      Map<String, Csv.Row> rows,
      List<ListedSign> signs) {
    TrackNaming naming = TrackNaming.in(name, images);
    for (Path image : images) {
      String file = String.valueOf(image.getFileName());
      TrackNaming.Place place = naming.of(file);
      Csv.Row row = rows.get(file.toLowerCase(Locale.ROOT));
      if (row != null && row.number("ClassId") != label) {
        throw row.problem(
            "class %d, but the image lies in '%s'; fetch the archive again"
                .formatted(row.number("ClassId"), image));
      }
      signs.add(
          new ListedSign(
              label,
              SplitRule.TRAIN,
              place == null ? "" : place.track(),
              place == null ? 0 : place.frame(),
              file,
              ListedSign.decode(image),
              row == null ? null : GtsrbTable.place(row)));
    }
  }

  /** Rows of {@code Train.csv} by file name; none without the table. */
  private static Map<String, Csv.Row> trainRows(FolderTree folder) {
    Map<String, Csv.Row> rows = new HashMap<>();
    Path table = folder.other("Train.csv");
    if (table != null) {
      Csv.read(table, "ClassId", "Path").forEach(row -> rows.put(file(row), row));
    }
    return rows;
  }

  private static @Nullable Path testTable(FolderTree folder, SplitFolders split) {
    Path beside = folder.other("Test.csv");
    FolderTree test = split.flat().get(SplitRule.TEST);
    return beside != null || test == null ? beside : test.other("Test.csv");
  }

  /** Lists the test images; returns how many classes their table needs. */
  private static int test(FolderTree test, Path table, List<ListedSign> signs, List<String> notes) {
    Map<String, Path> images = new HashMap<>();
    for (Path image : test.images()) {
      images.put(String.valueOf(image.getFileName()).toLowerCase(Locale.ROOT), image);
    }
    int classes = 0;
    int missing = 0;
    for (Csv.Row row : Csv.read(table, "ClassId", "Path")) {
      int label = GtsrbTable.label(row);
      classes = Math.max(classes, label + 1);
      Path image = images.remove(file(row));
      if (image == null) {
        missing++;
        continue;
      }
      signs.add(
          new ListedSign(
              label,
              SplitRule.TEST,
              "",
              0,
              String.valueOf(image.getFileName()),
              ListedSign.decode(image),
              GtsrbTable.place(row)));
    }
    if (missing > 0) {
      notes.add(
          "'%s' names %,d images that are not in '%s' (or twice there); the test split has the others"
              .formatted(table, missing, test.path()));
    }
    if (!images.isEmpty()) {
      notes.add(
          "%,d images of '%s' are not in '%s', so their classes are not known: they were left out (%s)"
              .formatted(
                  images.size(),
                  test.path(),
                  table,
                  Names.of(images.values().stream().sorted().toList())));
    }
    return classes;
  }

  /** The file's name in the column Path, which has other folders in some copies of the archive. */
  private static String file(Csv.Row row) {
    String path = row.text("Path").strip().replace('\\', '/').toLowerCase(Locale.ROOT);
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
