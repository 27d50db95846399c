package io.stopline.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * GTSRB as its authors publish it (Stallkamp et al. 2012): {@code
 * Final_Training/Images/000CC/TRACK_FRAME.ppm} with {@code GT-000CC.csv}, and {@code
 * Final_Test/Images/*.ppm} with {@code GT-final_test.csv}, which holds the classes. The class index
 * is the class's number.
 */
final class OfficialGtsrbLayout implements SignLayout {

  private static final String TEST_TABLE = "GT-final_test.csv";

  @Override
  public String description() {
    return "GTSRB as published: Final_Training/Images/000CC/*.ppm with GT-000CC.csv, Final_Test/Images/*.ppm with GT-final_test.csv";
  }

  @Override
  public boolean recognises(FolderTree folder) {
    return images(folder, "Final_Training") != null || images(folder, "Final_Test") != null;
  }

  @Override
  public SignListing read(FolderTree folder) {
    List<ListedSign> signs = new ArrayList<>();
    int classes = 0;
    FolderTree train = images(folder, "Final_Training");
    if (train != null) {
      for (FolderTree ofClass : train.folders()) {
        if (ofClass.name().matches("\\d{5}")) {
          train(ofClass, signs);
          classes = Math.max(classes, Integer.parseInt(ofClass.name()) + 1);
        }
      }
    }
    FolderTree test = images(folder, "Final_Test");
    if (test != null) {
      classes = Math.max(classes, test(folder, test, signs));
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      names.add(Integer.toString(i));
    }
    return new SignListing(names, signs, List.of());
  }

  private static void train(FolderTree folder, List<ListedSign> signs) {
    Map<String, Path> images = byName(folder);
    TrackNaming naming = TrackNaming.in(folder.name(), folder.images());
    int label = Integer.parseInt(folder.name());
    for (Csv.Row row : table(folder, "GT-" + folder.name() + ".csv", null)) {
      if (GtsrbTable.label(row) != label) {
        throw row.problem(
            "class %d in the folder of %s".formatted(GtsrbTable.label(row), folder.name()));
      }
      Path image = image(row, images, folder);
      String file = row.text("Filename");
      TrackNaming.Place place = naming.of(file);
      signs.add(
          new ListedSign(
              label,
              SplitRule.TRAIN,
              place == null ? "" : place.track(),
              place == null ? 0 : place.frame(),
              file,
              ListedSign.decode(image),
              GtsrbTable.place(row)));
    }
  }

  /** Lists the test images; returns how many classes their table needs. */
  private static int test(FolderTree root, FolderTree folder, List<ListedSign> signs) {
    Map<String, Path> images = byName(folder);
    int classes = 0;
    for (Csv.Row row : table(folder, TEST_TABLE, root)) {
      int label = GtsrbTable.label(row);
      classes = Math.max(classes, label + 1);
      // Test images have no track; their names only look like ones in some mirrors.
      signs.add(
          new ListedSign(
              label,
              SplitRule.TEST,
              "",
              0,
              row.text("Filename"),
              ListedSign.decode(image(row, images, folder)),
              GtsrbTable.place(row)));
    }
    return classes;
  }

  private static Path image(Csv.Row row, Map<String, Path> images, FolderTree folder) {
    Path image = images.get(row.text("Filename"));
    if (image == null) {
      throw row.problem(
          "image '%s' is not in '%s'; unpack the archive again"
              .formatted(row.text("Filename"), folder.path()));
    }
    return image;
  }

  private static Map<String, Path> byName(FolderTree folder) {
    Map<String, Path> images = new HashMap<>();
    folder.images().forEach(image -> images.put(String.valueOf(image.getFileName()), image));
    return images;
  }

  /** The table in the folder, or in one of those above it, up to where the archive was unpacked. */
  private static List<Csv.Row> table(FolderTree folder, String name, @Nullable FolderTree root) {
    Path table = folder.other(name);
    if (table == null && root != null) {
      table = root.other(name);
      Path above = root.path().getParent();
      // GTSRB_Final_Test_GT.zip has no folder, so it unpacks beside 'GTSRB'.
      if (table == null && above != null && root.name().equals("GTSRB")) {
        table = above.resolve(name);
      }
    }
    if (table == null || !Files.exists(table)) {
      throw new UnusableDatasetException(
          "'%s' is missing; it comes with the images (for the test set in GTSRB_Final_Test_GT.zip) and holds their classes"
              .formatted(folder.path().resolve(name)));
    }
    return Csv.read(table, "Filename", "ClassId");
  }

  private static @Nullable FolderTree images(FolderTree folder, String part) {
    return folder.folders().stream()
        .filter(f -> f.name().equals(part))
        .flatMap(f -> f.folders().stream())
        .filter(f -> f.name().equals("Images"))
        .findFirst()
        .orElse(null);
  }
}
