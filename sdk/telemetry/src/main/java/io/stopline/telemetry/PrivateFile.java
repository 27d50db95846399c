package io.stopline.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files that hold a secret, so that only their owner may read or change them. */
public final class PrivateFile {

  private static final Set<PosixFilePermission> FOREIGN =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private PrivateFile() {}

  /**
   * Refuses a secret that others can read or change. Where the file system has no such rights,
   * every file passes.
   *
   * @throws IOException if the file is missing or its mode is too open; the text names the cure
   */
  public static void require(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          "file '%s' %s; check the path"
              .formatted(file, Files.exists(file) ? "is no file" : "does not exist"));
    }
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> mode = view.readAttributes().permissions();
    for (PosixFilePermission permission : FOREIGN) {
      if (mode.contains(permission)) {
        throw new IOException(
            "secret file '%s' has mode %s, so others can read or change it; run: chmod 600 %s"
                .formatted(file, PosixFilePermissions.toString(mode), file));
      }
    }
  }
}
