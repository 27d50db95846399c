package io.stopline.telemetry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
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

  /**
   * Attributes to create a file with, so that its owner alone may ever read it.
   *
   * @param at the file or its folder; none where its file system has no such rights
   */
  public static FileAttribute<?>[] ownerOnly(Path at) {
    return at.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Writes a file that is written anew at every start, over what is there: that needs no room, so
   * it can be done on a full disk. A process that ends meanwhile leaves half of it, which the next
   * start writes over.
   */
  public static void write(Path file, byte[] content) throws IOException {
    try {
      Files.createFile(file, ownerOnly(file));
    } catch (FileAlreadyExistsException e) {
      // To be written over.
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.truncate(content.length);
    }
  }
}
