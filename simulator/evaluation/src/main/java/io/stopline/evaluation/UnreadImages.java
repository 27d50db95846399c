package io.stopline.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Images of kinds that are not read, so that nobody takes them for read. Stateless. */
final class UnreadImages {

  private static final Pattern NAME =
      Pattern.compile(
          ".*\\.(bmp|gif|webp|tiff?|hei[cf]|avif|jfif|jp2|jxl|pgm|pnm|pbm|dng|tga)",
          Pattern.CASE_INSENSITIVE);

  private UnreadImages() {}

  /** Whether a file ends as an image of such a kind does. */
  static boolean isOne(Path file) {
    return NAME.matcher(String.valueOf(file.getFileName())).matches();
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
