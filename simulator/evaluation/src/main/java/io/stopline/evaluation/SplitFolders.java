package io.stopline.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The parts of a data set as folders: {@code train}, {@code valid}, {@code test} and the like, in
 * any letter case. What lies in a folder decides, not its name alone: a part holds folders of
 * images, a class that is called 'train' holds images.
 *
 * @param parts the folder of class folders of each part
 * @param flat the folder of each part that has images directly in it, without classes
 * @param others every folder that is not named after a part
 * @param notes what was left out of it
 */
record SplitFolders(
    Map<String, FolderTree> parts,
    Map<String, FolderTree> flat,
    List<FolderTree> others,
    List<String> notes) {

  /**
   * Looks for parts.
   *
   * @throws UnusableDatasetException if two folders claim to be the same part and are no copies of
   *     each other
   */
  static SplitFolders of(FolderTree folder) {
    Map<String, FolderTree> parts = new LinkedHashMap<>();
    Map<String, FolderTree> flat = new LinkedHashMap<>();
    List<FolderTree> others = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Map<String, FolderTree> seen = new HashMap<>();
    for (FolderTree child : folder.folders()) {
      String part = SplitNames.known(child.name());
      if (part == null) {
        others.add(child);
        continue;
      }
      FolderTree found = withoutDoubling(child, part);
      if (!found.hasImagesBelow()) {
        continue;
      }
      FolderTree before = seen.putIfAbsent(part, found);
      if (before != null) {
        checkCopy(before, found, part);
        notes.add(
            "'%s' is a copy of '%s', as the archive on Kaggle has it, and was left out"
                .formatted(found.path(), before.path()));
        continue;
      }
      (found.images().isEmpty() ? parts : flat).put(part, found);
    }
    return new SplitFolders(parts, flat, others, notes);
  }

  /** {@code train/Train/…}, as some archives unpack, is {@code train/…}. */
  private static FolderTree withoutDoubling(FolderTree folder, String part) {
    List<FolderTree> inside = folder.foldersWithImages();
    return folder.images().isEmpty()
            && inside.size() == 1
            && inside.get(0).images().isEmpty()
            && part.equals(SplitNames.known(inside.get(0).name()))
        ? withoutDoubling(inside.get(0), part)
        : folder;
  }

  private static void checkCopy(FolderTree one, FolderTree two, String part) {
    if (!sizes(one).equals(sizes(two))) {
      throw new UnusableDatasetException(
          "'%s' and '%s' are both the %s part, and hold different images; keep one of them, or move all images into one"
              .formatted(one.path(), two.path(), part));
    }
  }

  private static Map<String, Long> sizes(FolderTree folder) {
    Map<String, Long> sizes = new HashMap<>();
    try (Stream<FolderTree> all = folder.all()) {
      for (FolderTree each : (Iterable<FolderTree>) all::iterator) {
        for (Path image : each.images()) {
          sizes.put(folder.path().relativize(image).toString(), Files.size(image));
        }
      }
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "folder '%s' cannot be looked at (%s); check the permissions".formatted(folder.path(), e),
          e);
    }
    return sizes;
  }
}
