package io.stopline.evaluation;

import io.stopline.config.images.ImageFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Images of kinds that are not read, so that nobody takes them for read. Stateless. */
final class UnreadImages {

  private UnreadImages() {}

  /** Whether a file ends as an image of such a kind does. */
  static boolean isOne(Path file) {
    String name = String.valueOf(file.getFileName());
    return ImageFiles.isNamedLikeImage(name) && !ImageFiles.isNamedLikeReadImage(name);
  }

  /** Says how many there are in a folder and below; null if there is none. */
  static @Nullable String note(FolderTree folder) {
    List<Path> found = new ArrayList<>();
    try (Stream<FolderTree> all = folder.all()) {
      all.forEach(each -> each.others().stream().filter(UnreadImages::isOne).forEach(found::add));
    }
    if (found.isEmpty()) {
      return null;
    }
    TreeSet<String> endings = new TreeSet<>();
    for (Path file : found) {
      String name = file.toString().toLowerCase(Locale.ROOT);
      endings.add(name.substring(name.lastIndexOf('.') + 1));
    }
    return "%,d images are of kinds that are not read (%s) and were left out, among them '%s'; convert them to PNG"
        .formatted(found.size(), String.join(", ", endings), found.get(0));
  }
}
