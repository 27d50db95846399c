package io.stopline.tflite;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorflowlite.global.tensorflowlite;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which models have run in a child process: in memory, and as empty files named by their SHA-256
 * beside the native library that JavaCPP unpacked, since whoever can write there can replace that
 * library too. The folder belongs to one library version and platform: a new runtime tries all
 * models again. It is believed only if it is this user's own and nobody else may write there. What
 * cannot be kept is forgotten with the process. Guarded by its caller.
 */
final class TriedModels {

  private static final Logger LOG = LoggerFactory.getLogger(TriedModels.class);

  /** Raised when a trial tries more than before, so that what passed the old one is tried again. */
  private static final int TRIAL_VERSION = 1;

  private static final int MOST = 10_000;

  /** Where a folder for each runtime is made. */
  @FunctionalInterface
  interface Place {
    Path folder() throws IOException;
  }

  private final Place place;
  private final Set<String> known = new HashSet<>();
  private @Nullable Path folder;
  private boolean sought;
  private boolean warned;

  TriedModels(Place place) {
    this.place = place;
  }

  /** Beside the native library, so that who can change the one can change the other. */
  static TriedModels besideTheLibrary() {
    return new TriedModels(() -> Loader.getCacheDir().toPath());
  }

  /**
   * @param batch since shapes, and so what a model does, depend on it
   */
  boolean contains(byte[] model, int batch) {
    String key = key(model, batch);
    if (known.contains(key)) {
      return true;
    }
    Path at = folder();
    if (at != null && isOwn(at) && isOwn(at.resolve(key))) {
      known.add(key);
      return true;
    }
    return false;
  }

  void add(byte[] model, int batch) {
    String key = key(model, batch);
    known.add(key);
    Path at = folder();
    if (at == null || !isOwn(at)) {
      return;
    }
    try {
      dropIfMany(at);
      Files.createFile(at.resolve(key), onlyOwner("rw-------"));
    } catch (FileAlreadyExistsException e) {
      // Another process tried it at the same time.
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("'{}' cannot be written ({}); models are tried again next time", at, e.toString());
    }
  }

  /** True the first time. */
  boolean warnOnce() {
    boolean first = !warned;
    warned = true;
    return first;
  }

  /** Null if there is none that can be trusted. */
  private @Nullable Path folder() {
    if (!sought) {
      sought = true;
      try {
        TfLiteRuntime.load();
        Path parent = place.folder().resolve("stopline-tried-models");
        Path at =
            parent.resolve(
                "tflite-%s-%s-%d"
                    .formatted(
                        tensorflowlite.TfLiteVersion().getString(),
                        Loader.getPlatform(),
                        TRIAL_VERSION));
        create(parent);
        create(at);
        if (isOwn(parent) && isOwn(at)) {
          folder = at;
        } else {
          LOG.warn(
              "'{}' is not believed, since others may write there: models are tried in every"
                  + " process; make it yours alone (chmod 700) or delete it",
              at);
        }
      } catch (IOException | UnsupportedOperationException e) {
        LOG.warn("which models ran is not kept ({}): each process tries them", e.toString());
      }
    }
    return folder;
  }

  private static void create(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(folder, onlyOwner("rwx------"));
      } catch (FileAlreadyExistsException e) {
        // Another process made it; whose it is, is looked at next.
      }
    }
  }

  private static FileAttribute<?>[] onlyOwner(String mode) {
    return isPosix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  /** Whether it is there, no link, this user's, and nobody else may write to it. */
  private static boolean isOwn(Path path) {
    if (!isPosix()) {
      // Windows: a user's folders are his own unless he shares them.
      return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
    try {
      PosixFileAttributes attributes =
          Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .readAttributes();
      return !attributes.isSymbolicLink()
          && attributes.owner().equals(user())
          && !attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
          && !attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
    } catch (IOException e) {
      return false;
    }
  }

  private static UserPrincipal user() throws IOException {
    Path self = Path.of("/proc/self");
    // By number where the system tells it: a container's user often has no name.
    return Files.exists(self)
        ? Files.getOwner(self)
        : self.getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(System.getProperty("user.name"));
  }

  private static void dropIfMany(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(folder)) {
      all = files.limit(MOST).toList();
    }
    if (all.size() == MOST) {
      for (Path file : all) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static String key(byte[] model, int batch) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model))
          + (batch == 1 ? "" : "-batch" + batch);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256", e);
    }
  }
}
