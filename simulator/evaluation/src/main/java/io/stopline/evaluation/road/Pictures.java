package io.stopline.evaluation.road;

import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.FolderTree;
import io.stopline.evaluation.UnusableDatasetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds files below a folder, always in the same order. */
final class Pictures {

  private static final int DEPTH = 6;

  private Pictures() {}

  /** Pictures in the folder itself, in order of their names. */
  static List<Path> in(Path folder) {
    return files(folder, 1, Pictures::isPicture);
  }

  /** Pictures in the folder and below. */
  static List<Path> below(Path folder) {
    return below(folder, Pictures::isPicture);
  }

  /** Files in the folder and below that a test likes. */
  static List<Path> below(Path folder, Predicate<Path> test) {
    return files(folder, DEPTH, test);
  }

  /** Files below a folder that a test likes, in order of their paths. */
  static List<Path> files(Path folder, int depth, Predicate<Path> test) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(folder, depth)) {
      return paths
          .filter(test)
          .filter(file -> !isLitter(folder.relativize(file)))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new UnusableDatasetException(
          "folder '%s' cannot be listed (%s); check the permissions"
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  /** Whether a file, or a folder that it lies in, is left behind by a system. */
  private static boolean isLitter(Path relative) {
    for (Path part : relative) {
      if (FolderTree.isLitter(part.toString())) {
        return true;
      }
    }
    return false;
  }

  /** Names of pictures: the file's name, or where that recurs its path below the root. */
  static Map<Path, String> names(Path root, List<Path> pictures) {
    Map<String, Integer> uses = new HashMap<>();
    pictures.forEach(p -> uses.merge(p.getFileName().toString(), 1, Integer::sum));
    Map<Path, String> names = new HashMap<>();
    for (Path picture : pictures) {
      String name = picture.getFileName().toString();
      names.put(
          picture,
          uses.getOrDefault(name, 0) == 1
              ? name
              : root.relativize(picture).toString().replace('\\', '/'));
    }
    return names;
  }

  private static boolean isPicture(Path file) {
    return ImageFiles.isNamedLikeImage(file.getFileName().toString());
  }
}
