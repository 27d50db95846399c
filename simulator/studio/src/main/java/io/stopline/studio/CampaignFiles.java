package io.stopline.studio;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where campaign files are. */
final class CampaignFiles {

  private CampaignFiles() {}

  /**
   * A file, or a shipped campaign by its name.
   *
   * @throws BadInputException if there is neither
   */
  static Path locate(String fileOrName) {
    Path path = Path.of(fileOrName);
    if (Files.exists(path)) {
      return path;
    }
    String root = System.getProperty("stopline.root");
    if (root != null && fileOrName.matches("[a-z0-9][a-z0-9_-]{0,63}")) {
      Path shipped = Path.of(root, "simulator", "campaigns", fileOrName + ".yaml");
      if (Files.isRegularFile(shipped)) {
        return shipped;
      }
    }
    throw new BadInputException(
        "there is no campaign '%s', neither as a file nor below %s/simulator/campaigns; check the path"
            .formatted(fileOrName, root == null ? "${stopline.root}" : root));
  }

  /** For reports: from the working folder where it lies below it, with slashes. */
  static String relative(Path file) {
    Path here = Path.of("").toAbsolutePath();
    Path there = file.toAbsolutePath().normalize();
    Path shown = there.startsWith(here) ? here.relativize(there) : there.getFileName();
    return String.valueOf(shown).replace('\\', '/').replace(" ", "%20");
  }
}
