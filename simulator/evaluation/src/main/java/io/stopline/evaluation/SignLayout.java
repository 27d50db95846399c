package io.stopline.evaluation;

/**
 * One way in which people keep labelled images of signs. Stateless. Layouts beyond those of this
 * package are found as services ({@link java.util.ServiceLoader}); they are asked before a folder
 * per class, which fits almost anything.
 */
public interface SignLayout {

  /** For people: which files it consists of. */
  String description();

  /** Whether the folder is kept this way, by the names of what lies in it. */
  boolean recognises(FolderTree folder);

  /**
   * Reads everything but the images.
   *
   * @throws UnusableDatasetException if a file is missing, damaged, contradicts another or cannot
   *     be understood; names the place and the cure
   */
  SignListing read(FolderTree folder);
}
