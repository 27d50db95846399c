package io.stopline.evaluation.road;

import io.stopline.config.images.ImageFiles;
import io.stopline.config.images.ImageSize;
import io.stopline.config.images.UnusableImageException;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.SplitNames;
import io.stopline.evaluation.SplitRule;
import io.stopline.evaluation.UnusableDatasetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Opens folders of whole road frames with boxes around their signs. Stateless. */
public final class RoadDatasets {

  /** Every layout that is read; the first that recognises a folder reads it. */
  private static final List<RoadLayout> LAYOUTS =
      List.of(new BoxesCsvLayout(), new GtsdbLayout(), new CocoLayout(), new YoloLayout());

  private RoadDatasets() {}

  /** The layout that a folder is kept in; null if it is none of road frames. */
  static @Nullable RoadLayout layout(Path root) {
    return LAYOUTS.stream().filter(l -> l.recognises(root)).findFirst().orElse(null);
  }

  /**
   * Opens a split; an {@code ignore.csv} in the folder is heeded, else what Stopline itself knows
   * of public pictures.
   *
   * @param split its name ({@code val} and {@code valid} are {@code validation}), or null for all
   *     frames
   * @throws UnusableDatasetException if the folder is of no known layout, empty, damaged, or has no
   *     such split; names file, line and cure
   */
  public static RoadData open(Path folder, @Nullable String split) {
    return open(folder, split, null);
  }

  /**
   * Opens a split.
   *
   * @param split its name ({@code val} and {@code valid} are {@code validation}), or null for all
   *     frames
   * @param ignore list of real signs that are not labelled ({@code
   *     image,left,top,right,bottom,what}), or null for {@code ignore.csv} in the folder or, if
   *     there is none, for what Stopline itself knows of public pictures
   * @throws UnusableDatasetException if the folder is of no known layout, empty, damaged, or has no
   *     such split; names file, line and cure
   */
  public static RoadData open(Path folder, @Nullable String split, @Nullable Path ignore) {
    if (!Files.isDirectory(folder)) {
      throw new UnusableDatasetException(
          "road frames '%s' %s; name the folder that holds them"
              .formatted(folder, Files.exists(folder) ? "is not a folder" : "do not exist"));
    }
    Path root = folder.toAbsolutePath().normalize();
    RoadLayout layout =
        LAYOUTS.stream()
            .filter(l -> l.recognises(root))
            .findFirst()
            .orElseThrow(() -> unknown(folder));
    RoadListing listing = layout.read(root);
    if (listing.frames().isEmpty()) {
      throw new UnusableDatasetException(
          "'%s' lists no frames; it was read as: %s".formatted(folder, layout.description()));
    }
    Set<String> names =
        listing.frames().stream().map(ListedFrame::name).collect(Collectors.toSet());
    IgnoreList ignored = IgnoreList.read(root, ignore, names);
    List<RoadFrame> frames = new ArrayList<>();
    for (ListedFrame frame : ofSplit(folder, listing, split)) {
      frames.add(look(frame, ignored));
    }
    List<String> warnings = new ArrayList<>(listing.warnings());
    long known = frames.stream().mapToLong(f -> KnownUnlabelled.in(f.sha256()).size()).sum();
    if (ignored == IgnoreList.KNOWN && known > 0) {
      warnings.add(
          "%d real signs that this data set does not label count as neither signs nor background (a list that comes with Stopline; --ignore names another)"
              .formatted(known));
    }
    return RoadData.of(
        String.valueOf(root.getFileName()),
        split == null ? RoadData.ALL : SplitNames.usual(split),
        listing.classNames(),
        frames,
        warnings);
  }

  /**
   * All frames but those that are labelled as test; where there are no boxes at all, all
   * photographs of the folder and below.
   *
   * @throws UnusableDatasetException if nothing is left, or the data set is damaged; names the cure
   */
  public static RoadData withoutTest(Path folder) {
    Path root = folder.toAbsolutePath().normalize();
    RoadLayout layout = Files.isDirectory(root) ? layout(root) : null;
    if (layout == null) {
      return photographs(folder);
    }
    Set<String> test =
        layout.read(root).frames().stream()
            .filter(f -> f.split().equals(SplitRule.TEST))
            .map(ListedFrame::name)
            .collect(Collectors.toSet());
    RoadData all = open(folder, null);
    if (test.isEmpty()) {
      return all;
    }
    List<RoadFrame> frames = all.frames().stream().filter(f -> !test.contains(f.name())).toList();
    if (frames.isEmpty()) {
      throw new UnusableDatasetException(
          "all frames of '%s' are labelled as test, which is for final figures only; bring others"
              .formatted(folder));
    }
    return RoadData.of(all.name(), "all but test", all.classNames(), frames, all.warnings());
  }

  /**
   * Pictures of any folders with a table of boxes that lies elsewhere: {@code
   * image,left,top,right,bottom,label}, one line an object, the image as a path below the folder; a
   * picture without any object has a line with nothing else in it.
   *
   * @param folder that the paths count from
   * @param table a file of comma-separated values with a header
   * @throws UnusableDatasetException if the table is missing, empty, damaged or names a picture
   *     that is not there; names file, line and cure
   */
  public static RoadData listed(Path folder, Path table) {
    Path root = folder.toAbsolutePath().normalize();
    RoadListing listing = ListedPictures.read(root, table);
    if (listing.frames().isEmpty()) {
      throw new UnusableDatasetException("'%s' lists no pictures".formatted(table));
    }
    List<RoadFrame> frames = listing.frames().stream().map(f -> look(f, IgnoreList.KNOWN)).toList();
    String name = String.valueOf(table.getFileName()).replaceFirst("[.][a-z]+$", "");
    return RoadData.of(name, RoadData.ALL, listing.classNames(), frames, listing.warnings());
  }

  /**
   * Photographs with the boxes that there are: one picture, a folder of pictures without any boxes,
   * or all frames of a data set.
   *
   * @throws UnusableDatasetException if there is no picture, or the data set is damaged
   */
  public static RoadData photographs(Path path) {
    Path root = path.toAbsolutePath().normalize();
    if (Files.isDirectory(root) && LAYOUTS.stream().anyMatch(l -> l.recognises(root))) {
      return open(root, null);
    }
    List<Path> pictures = Files.isRegularFile(root) ? List.of(root) : Pictures.below(root);
    if (pictures.isEmpty()) {
      throw new UnusableDatasetException(
          "'%s' %s; give a PNG, JPEG or PPM file or a folder of them"
              .formatted(path, Files.exists(path) ? "holds no photograph" : "does not exist"));
    }
    Map<Path, String> names = Pictures.names(root, pictures);
    List<RoadFrame> frames = new ArrayList<>();
    for (Path picture : pictures) {
      String name = names.getOrDefault(picture, picture.toString());
      frames.add(look(new ListedFrame(name, picture, RoadData.ALL, List.of()), IgnoreList.KNOWN));
    }
    return RoadData.of(
        String.valueOf(root.getFileName()),
        RoadData.ALL,
        List.of(),
        frames,
        List.of(
            "no boxes say where signs are in these photographs, so every incident counts as elsewhere"));
  }

  private static List<ListedFrame> ofSplit(
      Path folder, RoadListing listing, @Nullable String split) {
    if (split == null || split.equals(RoadData.ALL)) {
      return listing.frames();
    }
    String wanted = SplitNames.usual(split);
    List<ListedFrame> frames =
        listing.frames().stream().filter(f -> f.split().equals(wanted)).toList();
    if (frames.isEmpty()) {
      Set<String> known = new TreeSet<>();
      listing.frames().forEach(f -> known.add(f.split()));
      known.add(RoadData.ALL);
      throw new UnusableDatasetException(
          "road frames '%s' have no split '%s'; they have %s".formatted(folder, split, known));
    }
    return frames;
  }

  /** Reads a picture's bytes once, for its size and its hash. */
  private static RoadFrame look(ListedFrame frame, IgnoreList ignored) {
    byte[] bytes;
    ImageSize size;
    try {
      if (Files.size(frame.file()) > ImageFiles.MAX_FILE_BYTES) {
        throw new UnusableDatasetException(
            "picture '%s' has more than %d bytes; save it smaller"
                .formatted(frame.file(), ImageFiles.MAX_FILE_BYTES));
      }
      bytes = Files.readAllBytes(frame.file());
      size = ImageFiles.size(bytes, frame.file().toString());
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "picture '%s' cannot be read (%s); check that it is there and may be read"
              .formatted(frame.file(), e.getMessage()),
          e);
    } catch (UnusableImageException e) {
      throw new UnusableDatasetException("road frame: " + e.getMessage(), e);
    }
    List<SignBox> signs = new ArrayList<>();
    frame.boxes().forEach(box -> signs.add(box.in(size.width(), size.height())));
    String sha256 = Sha256.of(bytes);
    ignored.of(frame.name(), sha256).forEach(box -> signs.add(box.in(size.width(), size.height())));
    return new RoadFrame(frame.name(), frame.file(), size.width(), size.height(), sha256, signs);
  }

  private static UnusableDatasetException unknown(Path folder) {
    return new UnusableDatasetException(
        "'%s' is of no layout of road frames that is read; these are: %s"
            .formatted(
                folder,
                LAYOUTS.stream().map(RoadLayout::description).collect(Collectors.joining("; "))));
  }
}
