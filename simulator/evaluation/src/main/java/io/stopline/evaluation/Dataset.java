package io.stopline.evaluation;

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
   * What must be known before figures on these data are believed: tracks that could not be told,
   * images that were left out, classes without images. For people, one thing a line; a command
   * shows them and puts them among the warnings of its report.
   */
  List<String> notes();

  /**
   * Whether the data set itself says which tracks are for calibration; else they were drawn by a
   * rule when it was opened.
   */
  boolean hasOwnCalibration();

  /**
   * Opens a folder of labelled images: a packed set ({@code stopline data pack} writes them), a
   * folder per class, GTSRB as published or as on Kaggle, or road frames whose boxes are cut out.
   * Nothing is decoded before it is asked for.
   *
   * @throws UnusableDatasetException if it is of no known layout or damaged; says what was found
   */
  static Dataset open(Path folder) {
    SignLayouts.checkFolder(folder);
    return PackedDataset.isOne(folder) ? PackedDataset.read(folder) : FolderDataset.read(folder);
  }
}
