package io.stopline.evidence.check;

import io.stopline.evaluation.Sha256;
import io.stopline.evidence.format.PackFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files of a pack on disk, looked at without following a link and without reading what was not
 * asked for. Belongs to one thread.
 */
final class PackTree {

  private static final int MAX_FILES = 20_000;
  private static final int MAX_DEPTH = 16;

  private final Path root;
  private final Map<String, Long> sizes = new TreeMap<>();
  private final Set<String> odd = new TreeSet<>();

  /**
   * Lists a folder.
   *
   * @throws IOException if it cannot be read or has more files than any pack
   */
  PackTree(Path folder) throws IOException {
    root = folder.toRealPath();
    Files.walkFileTree(
        root,
        Set.of(),
        MAX_DEPTH,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = root.relativize(file).toString().replace('\\', '/');
            if (attributes.isRegularFile() && PackFormat.isPath(name)) {
              sizes.put(name, attributes.size());
            } else {
              odd.add(name);
            }
            if (sizes.size() + odd.size() > MAX_FILES) {
              throw new IOException(
                  "'%s' holds more than %d files, more than any pack; name the folder of a pack"
                      .formatted(folder, MAX_FILES));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Sizes in bytes of the regular files with plain names. */
  Map<String, Long> sizes() {
    return sizes;
  }

  /** Everything else: links, pipes, folders too deep, names that no pack has. */
  Set<String> odd() {
    return odd;
  }

  /** SHA-256 of a file of the tree, read piece by piece. */
  String sha256(String name) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = open(name)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * A whole file of the tree.
   *
   * @throws IOException if it is larger than {@code maxBytes}
   */
  byte[] read(String name, int maxBytes) throws IOException {
    try (InputStream in = open(name)) {
      byte[] bytes = in.readNBytes(maxBytes);
      if (in.read() >= 0) {
        throw new IOException("it has more than %d bytes".formatted(maxBytes));
      }
      return bytes;
    }
  }

  private InputStream open(String name) throws IOException {
    Path file = root.resolve(name);
    if (!sizes.containsKey(name) || !file.toRealPath().equals(file)) {
      throw new IOException("it is no file of the pack");
    }
    return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
  }
}
