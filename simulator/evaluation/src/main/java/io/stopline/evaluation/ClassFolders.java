package io.stopline.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The class folders in one part of a data set.
 *
 * @param images of each folder, by its name as it is written; empty for a class without images
 * @param leftOut folders that are none: they hold other files than images alone
 */
record ClassFolders(Map<String, List<Path>> images, List<Path> leftOut) {

  /**
   * Takes every folder for a class.
   *
   * @throws UnusableDatasetException if images lie beside the class folders or deeper than in them
   */
  static ClassFolders of(FolderTree part) {
    if (!part.images().isEmpty()) {
      throw new UnusableDatasetException(
          "'%s' has %d images (%s) beside its folders (%s), and nothing says of which class they are; move each into the folder of its class, or out of the data set"
              .formatted(
                  part.path(),
                  part.images().size(),
                  Names.of(part.images()),
                  Names.of(FolderTree.paths(part.folders()))));
    }
    Map<String, List<Path>> images = new LinkedHashMap<>();
    List<Path> leftOut = new ArrayList<>();
    for (FolderTree folder : part.folders()) {
      List<FolderTree> deeper = folder.foldersWithImages();
      if (!deeper.isEmpty()) {
        throw new UnusableDatasetException(
            "class folder '%s' has images deeper in it, in %s; a class is one folder of images: move them up into it, or name the folder above the classes"
                .formatted(folder.path(), Names.of(FolderTree.paths(deeper))));
      }
      boolean documents =
          folder.images().isEmpty()
              && !folder.others().isEmpty()
              && folder.others().stream().noneMatch(UnreadImages::isOne)
              && !folder.name().matches("\\d+");
      if (documents) {
        leftOut.add(folder.path());
      } else {
        images.put(folder.name(), folder.images());
      }
    }
    return new ClassFolders(images, leftOut);
  }
}
