package io.stopline.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small file system of its own, where the machine lets us mount one; elsewhere the test is
 * skipped. For one thread.
 */
public final class SmallDisk implements AutoCloseable {

  private final Path mount;

  private SmallDisk(Path mount) {
    this.mount = mount;
  }

  /**
   * A tmpfs; skips the test where none can be mounted.
   *
   * @param options of the mount, such as {@code size=4m}
   */
  public static SmallDisk tmpfs(Path mount, String options) throws IOException {
    Files.createDirectories(mount);
    assumeTrue(
        command("mount", "-t", "tmpfs", "-o", options, "tmpfs", mount.toString()) == 0,
        "mounting a small tmpfs needs root");
    return new SmallDisk(mount);
  }

  /** An ext4 file system in a file, which can hang; skips the test where that cannot be had. */
  public static SmallDisk ext4(Path image, Path mount, int mebibytes) throws IOException {
    Files.createDirectories(mount);
    assumeTrue(
        command("truncate", "-s", mebibytes + "M", image.toString()) == 0
            && command("mke2fs", "-q", "-F", "-t", "ext4", image.toString()) == 0
            && command("mount", "-o", "loop", image.toString(), mount.toString()) == 0,
        "a disk that hangs needs root, mke2fs and a loop device");
    SmallDisk disk = new SmallDisk(mount);
    if (command("fsfreeze", "-f", mount.toString()) != 0) {
      disk.close();
      assumeTrue(false, "a disk that hangs needs fsfreeze");
    }
    disk.thaw();
    return disk;
  }

  /** Where it is mounted. */
  public Path folder() {
    return mount;
  }

  /** Changes options of the mount, such as {@code size=8m}. */
  public void remount(String options) {
    require("mount", "-o", "remount," + options, mount.toString());
  }

  /** From now on every write waits inside the kernel. */
  public void freeze() {
    require("fsfreeze", "-f", mount.toString());
  }

  /** Lets them go on. */
  public void thaw() {
    require("fsfreeze", "-u", mount.toString());
  }

  /** Takes all room that is left, as another program's log would. */
  public void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(mount.resolve("filler"))) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space")) {
        throw e;
      }
    }
  }

  /** Gives back what {@link #fill} took. */
  public void free() throws IOException {
    Files.deleteIfExists(mount.resolve("filler"));
  }

  @Override
  public void close() {
    require("umount", "-l", mount.toString());
  }

  private static void require(String... words) {
    if (command(words) != 0) {
      throw new IllegalStateException("failed: " + String.join(" ", words));
    }
  }

  private static int command(String... words) {
    try {
      return new ProcessBuilder(words)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
