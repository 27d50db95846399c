package io.stopline.agent.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system of its own, where the machine lets us mount one. */
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

  public Path folder() {
    return mount;
  }

  void remount(String options) {
    assertThat(command("mount", "-o", "remount," + options, mount.toString())).isZero();
  }

  /** From now on every write waits inside the kernel. */
  public void freeze() {
    assertThat(command("fsfreeze", "-f", mount.toString())).isZero();
  }

  public void thaw() {
    assertThat(command("fsfreeze", "-u", mount.toString())).isZero();
  }

  /** Takes all room that is left, as another program's log would. */
  public void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(mount.resolve("filler"))) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space");
    }
  }

  /** Gives back what {@link #fill} took. */
  public void free() throws IOException {
    Files.deleteIfExists(mount.resolve("filler"));
  }

  @Override
  public void close() {
    assertThat(command("umount", "-l", mount.toString())).isZero();
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
