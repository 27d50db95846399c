package io.stopline.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Labelled images in named splits. Thread-safe once read. */
public interface Dataset {

  /** For reports: the folder's name. */
  String name();

  /** One name a class, in order of the class index. */
  List<String> classNames();

  /** The splits that it has, in the order train, validation, calibration, test. */
  List<String> splitNames();

  /**
   * A split.
   *
   * @throws UnusableDatasetException if there is none of that name
   */
  Split split(String name);

  /**
   * Whether whoever made the data set said which images are for which use. If not, splits but test
   * were drawn by a rule.
   */
  default boolean hasOwnSplits() {
    return true;
  }

  /**
   * Every track that the starting models never saw, whatever its split; empty if the data set does
   * not record that.
   */
  default List<Track> heldOutTracks() {
    return splitNames().stream()
        .flatMap(name -> split(name).tracks().stream())
        .filter(Track::heldOut)
        .toList();
  }

  /**
   * Opens a packed set ({@code stopline data pack} writes them) or a folder with one folder per
   * class.
   *
   * @throws UnusableDatasetException if it is neither, or damaged
   */
  static Dataset open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new UnusableDatasetException(
          "data set '%s' %s; name the folder that holds it"
              .formatted(folder, Files.exists(folder) ? "is not a folder" : "does not exist"));
    }
    return PackedDataset.isOne(folder) ? PackedDataset.read(folder) : FolderDataset.read(folder);
  }
}
