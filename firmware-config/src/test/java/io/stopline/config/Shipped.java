package io.stopline.config;

import io.stopline.testing.PolicyText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** The bundle that is shipped, and copies of it to spoil. */
final class Shipped {

  static final Path DIRECTORY =
      Path.of(System.getProperty("stopline.root", ".."), "firmware-config/bundles/traffic-signs");

  private Shipped() {}

  /** A whole copy, to be changed by a test. */
  static Path copyTo(Path target) {
    try (Stream<Path> files = Files.walk(DIRECTORY)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path to = target.resolve(DIRECTORY.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  /** A plain copy without the appearance table and what needs it. */
  static Path withoutAppearance(Path copy) {
    Path bundle = plain(copy);
    try {
      Path policy = bundle.resolve("policies/int8.yaml");
      Files.writeString(
          policy,
          Files.readString(policy)
              .replace("  - sign-plausibility: {table: traffic-signs, weight: 5}\n", ""));
      Files.delete(bundle.resolve("policies/float32.yaml"));
      Files.delete(bundle.resolve("calibrations/float32.yaml"));
      Path contents = bundle.resolve("bundle.yaml");
      Files.writeString(contents, Files.readString(contents).replace(", table: traffic-signs", ""));
      for (String suffix : new String[] {".yaml", ".table", ".md"}) {
        Files.delete(bundle.resolve("appearance/traffic-signs" + suffix));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    BundleWriter.reseal(bundle);
    return bundle;
  }

  /**
   * A copy with the tests' own policy "int8", so that they may edit its text whatever ships, and
   * without a calibration.
   */
  static Path plain(Path copy) {
    copyTo(copy);
    try {
      Files.deleteIfExists(copy.resolve("calibrations/int8.yaml"));
      Files.writeString(copy.resolve("policies/int8.yaml"), PolicyText.plain());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    BundleWriter.reseal(copy);
    return copy;
  }

  /** The same with more in its policy. */
  static Bundle continued(Path copy, String added) throws IOException {
    plain(copy);
    Path file = copy.resolve("policies/int8.yaml");
    Files.writeString(file, Files.readString(file) + added);
    return BundleWriter.reseal(copy);
  }

  /** Replaces a text that must occur, and lists the changed file's hash, as an author would. */
  static void edit(Path bundle, String file, String from, String to) {
    try {
      Path path = bundle.resolve(file);
      String text = Files.readString(path);
      if (!text.contains(from)) {
        throw new IllegalArgumentException("'%s' is not in %s".formatted(from, file));
      }
      String changed = text.replace(from, to);
      Files.writeString(path, changed);
      Path list = bundle.resolve("bundle.yaml");
      Files.writeString(list, Files.readString(list).replace(hash(text), hash(changed)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The 1-based line of a file on which a text stands first. */
  static int lineOf(Path bundle, String file, String text) {
    try {
      String whole = Files.readString(bundle.resolve(file));
      int at = whole.indexOf(text);
      if (at < 0) {
        throw new IllegalArgumentException("'%s' is not in %s".formatted(text, file));
      }
      return 1 + (int) whole.substring(0, at).chars().filter(c -> c == '\n').count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String text) {
    return BundleFiles.sha256(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
