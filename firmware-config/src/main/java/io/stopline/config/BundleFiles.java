package io.stopline.config;

import io.stopline.config.files.GivenFile;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The files of one bundle's directory, read so that neither their names nor their sizes nor their
 * contents can surprise: no path leads out, every size has a cap, and bytes are hashed and used
 * from the same read, so that nothing can be swapped between the two.
 */
final class BundleFiles {

  /** The list of all other files; the only one that is not in the list. */
  static final String MANIFEST = "bundle.yaml";

  static final long MAX_TEXT_BYTES = 4L << 20;
  static final long MAX_MODEL_BYTES = 256L << 20;
  private static final int MAX_FILES = 1000;

  private final Path root;

  /**
   * @throws MissingFileException if there is no such directory or it has no {@code bundle.yaml}
   */
  BundleFiles(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new MissingFileException(
          directory.toString(),
          "bundle '%s' is not a directory; give the folder that holds %s"
              .formatted(directory, MANIFEST));
    }
    if (!Files.exists(directory.resolve(MANIFEST), LinkOption.NOFOLLOW_LINKS)) {
      throw new MissingFileException(
          MANIFEST,
          "folder '%s' has no %s, so it is no bundle; give the folder that holds one"
              .formatted(directory, MANIFEST));
    }
    try {
      // Only the bundle's own directory may be reached through links.
      this.root = directory.toRealPath();
    } catch (IOException e) {
      throw unreadable(directory.toString(), e);
    }
  }

  Path root() {
    return root;
  }

  /**
   * Every file below the bundle, relative, with '/' as separator.
   *
   * @throws UnsafePathException if one is a symbolic link or no regular file
   */
  Set<String> list() {
    Set<String> names = new TreeSet<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String name = name(file);
              refuseSpecial(name, attributes);
              names.add(name);
              if (names.size() > MAX_FILES) {
                throw new OversizeFileException(
                    name, "bundle '%s' has more than %d files".formatted(root, MAX_FILES));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw unreadable(root.toString(), e);
    }
    return names;
  }

  private String name(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  private void refuseSpecial(String name, BasicFileAttributes attributes) {
    if (!attributes.isRegularFile()) {
      throw new UnsafePathException(
          name,
          "'%s' in bundle '%s' is %s; replace it by the file itself"
              .formatted(
                  name,
                  root,
                  attributes.isSymbolicLink()
                      ? "a symbolic link"
                      : GivenFile.kind(root.resolve(name))));
    }
  }

  /**
   * Refuses a path that a file of the bundle gives and that is not plainly inside it.
   *
   * @param where for the message, such as {@code bundle.yaml:7}
   */
  static void checkPath(String where, String path) {
    boolean plain =
        !path.isEmpty()
            && !path.startsWith("/")
            && path.indexOf('\\') < 0
            && path.indexOf(':') < 0
            && path.chars().noneMatch(c -> c < ' ');
    for (String step : path.split("/", -1)) {
      plain &= !step.isEmpty() && !step.equals(".") && !step.equals("..");
    }
    if (!plain) {
      throw new UnsafePathException(
          path,
          "%s: path '%s' could lead out of the bundle; give one relative to it, without '..'"
              .formatted(where, path));
    }
  }

  /**
   * All bytes of a file.
   *
   * @param name relative, checked
   * @throws MissingFileException if it does not exist
   * @throws UnsafePathException if it, or a folder on the way, is a symbolic link
   * @throws OversizeFileException if it has more bytes than the cap
   * @throws UnreadableFileException if reading fails
   */
  byte[] read(String name, long maxBytes) {
    checkPath(MANIFEST, name);
    Path path = root.resolve(name);
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new MissingFileException(
          name,
          "file '%s' is missing in bundle '%s'; copy the bundle again, whole"
              .formatted(name, root));
    }
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      refuseSpecial(name, attributes);
      if (!path.toRealPath().equals(path)) {
        throw new UnsafePathException(
            name,
            "'%s' in bundle '%s' is reached through a symbolic link; replace it by the folder itself"
                .formatted(name, root));
      }
      try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
        // One byte more than allowed, so that a file that grows meanwhile is noticed too.
        byte[] bytes =
            attributes.size() > maxBytes ? new byte[0] : in.readNBytes((int) maxBytes + 1);
        if (Math.max(attributes.size(), bytes.length) > maxBytes) {
          throw new OversizeFileException(
              name,
              "file '%s' in bundle '%s' has more than %d bytes, the most that a file of its kind may have; copy the bundle again, whole"
                  .formatted(name, root, maxBytes));
        }
        return bytes;
      }
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static UnreadableFileException unreadable(String name, IOException e) {
    UnreadableFileException u =
        new UnreadableFileException(
            name, "'%s' cannot be read (%s); check its permissions".formatted(name, e));
    u.initCause(e);
    return u;
  }

  /** SHA-256, lower-case hexadecimal. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256", e);
    }
  }

  /**
   * Bytes of a file that are what the bundle's list says.
   *
   * @throws HashMismatchException if they are not
   */
  byte[] readVerified(String name, String sha256, long maxBytes) {
    byte[] bytes = read(name, maxBytes);
    String actual = sha256(bytes);
    if (!actual.equals(sha256)) {
      throw new HashMismatchException(
          name,
          "file '%s' in bundle '%s' has SHA-256 %s, but %s lists %s; restore the file, or, if you changed it on purpose, run: ./stopline calibrate --rehash"
              .formatted(name, root, actual, MANIFEST, sha256));
    }
    return bytes;
  }

  /** The schema of a kind of file: bundle, model, policy, calibration or profile. */
  static SchemaCheck schema(String kind) {
    return new SchemaCheck(BundleFiles.class, "schema/" + kind + ".schema.json");
  }

  /**
   * Bytes as a document that keeps its schema.
   *
   * @throws InvalidConfigException naming every line that does not
   */
  static YamlTree parse(String name, byte[] bytes, SchemaCheck schema) {
    List<Problem> problems = new ArrayList<>();
    YamlTree tree = YamlTree.parse(bytes, problems);
    if (problems.isEmpty()) {
      problems.addAll(schema.problems(tree));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(name, YamlTree.inOrder(problems));
    }
    return tree;
  }

  /** Class names, one a line. */
  static List<String> labels(String name, byte[] bytes) {
    List<String> labels = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\r?\n", -1)) {
      labels.add(line.strip());
    }
    while (!labels.isEmpty() && labels.get(labels.size() - 1).isEmpty()) {
      labels.remove(labels.size() - 1);
    }
    int empty = labels.indexOf("");
    if (labels.isEmpty() || empty >= 0) {
      throw new InvalidConfigException(
          name,
          List.of(
              new Problem(
                  Math.max(0, empty) + 1,
                  "is empty; write one class name a line, in class order")));
    }
    return List.copyOf(labels);
  }
}
