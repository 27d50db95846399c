package io.stopline.evaluation.road;

import java.nio.file.Path;

/** One way in which people keep road frames and their boxes. Stateless. */
interface RoadLayout {

  /** For people: which files it consists of. */
  String description();

  /** Whether the folder is kept this way. */
  boolean recognises(Path folder);

  /**
   * Reads everything but the pictures.
   *
   * @throws io.stopline.evaluation.UnusableDatasetException if a file is missing, damaged or
   *     contradicts another; names file, line and cure
   */
  RoadListing read(Path folder);
}
