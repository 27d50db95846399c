package io.stopline.agent;

import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.telemetry.PrivateFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Properties;
import java.util.Set;

/** Files that only the agent's own user may read. */
final class SecretFiles {

  /**
   * A user and a password.
   *
   * @param user empty if the file names none
   */
  record Credentials(String user, String password) {
    @Override
    public String toString() {
      return "credentials of '" + user + "'";
    }
  }

  private SecretFiles() {}

  /**
   * Refuses a secret that others can read.
   *
   * @throws BadSetupException if the file is missing or its mode is too open
   */
  static void requirePrivate(Path file) {
    try {
      PrivateFile.require(file);
    } catch (IOException e) {
      throw new BadSetupException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads {@code username=…} and {@code password=…}, one a line; a file of one line without {@code
   * password=} is the password alone.
   *
   * @throws BadSetupException if the file is missing, too open or holds no password
   */
  static Credentials credentials(Path file) {
    requirePrivate(file);
    try {
      if (Files.size(file) > 4096) {
        throw new BadSetupException(
            "credentials file '" + file + "' has more than 4096 bytes; it needs two lines");
      }
      String text = Files.readString(file).strip();
      if (!text.isEmpty() && text.lines().count() == 1 && !text.startsWith("password")) {
        return new Credentials("", text);
      }
      Properties properties = new Properties();
      properties.load(new StringReader(text));
      String password = properties.getProperty("password", "");
      if (password.isEmpty()) {
        throw new BadSetupException(
            "credentials file '" + file + "' holds no password; write username=… and password=…");
      }
      return new Credentials(properties.getProperty("username", ""), password);
    } catch (IOException | IllegalArgumentException e) {
      throw new BadSetupException(
          "credentials file '" + file + "' cannot be read: " + e.getMessage());
    }
  }

  /**
   * The device's key for inspection seeds: read, or made of secure random bytes on the first start.
   *
   * @throws BadSetupException if it can be neither read nor made, or others can read it
   */
  static byte[] seedKey(Path state) {
    Path file = state.resolve("seed.key");
    try {
      makeFolder(state);
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        create(file);
      }
      requirePrivate(file);
      byte[] key = Files.readAllBytes(file);
      if (key.length != InspectionSeeds.KEY_BYTES) {
        throw new BadSetupException(
            "seed key '%s' has %d bytes, not %d; delete it, and the agent makes a new one"
                .formatted(file, key.length, InspectionSeeds.KEY_BYTES));
      }
      return key;
    } catch (IOException e) {
      throw new BadSetupException(
          "seed key '%s' can be neither read nor made (%s); give a writable folder with --state"
              .formatted(file, e));
    }
  }

  /** Mode 0700 where it is new; a folder that somebody made stays as it is. */
  private static void makeFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    if (posix) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(folder);
    }
  }

  private static void create(Path file) throws IOException {
    byte[] key = new byte[InspectionSeeds.KEY_BYTES];
    new SecureRandom().nextBytes(key);
    // Complete under another name first: a crash must not leave half a key.
    Path part = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(part);
      Set<StandardOpenOption> options =
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try (FileChannel channel = FileChannel.open(part, options, PrivateFile.ownerOnly(part))) {
        channel.write(ByteBuffer.wrap(key));
        channel.force(true);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      throw new IOException("another agent starts in the same folder", e);
    }
  }

  /** For {@code Authorization: Basic}. */
  static String basicAuthorization(Credentials credentials) {
    return "Basic "
        + java.util.Base64.getEncoder()
            .encodeToString(
                (credentials.user() + ":" + credentials.password())
                    .getBytes(StandardCharsets.UTF_8));
  }
}
