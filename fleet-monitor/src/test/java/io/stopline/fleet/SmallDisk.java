package io.stopline.fleet;

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

  /** A tmpfs; skips the test where none can be mounted. */
  public static SmallDisk of(Path mount, int mebibytes) throws IOException {
    Files.createDirectories(mount);
    assumeTrue(
        command("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", mount.toString())
            == 0,
        "mounting a small tmpfs needs root");
    return new SmallDisk(mount);
  }

  public Path folder() {
    return mount;
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
