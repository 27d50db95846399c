package io.stopline.config.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

  @TempDir Path folder;

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesAFileAndTheFoldersThatItLiesIn() throws IOException {
    Path deep = folder.resolve("a/b");
    Path file = deep.resolve("Größe 尺寸.txt");
    WholeFile.write(file, "schmal\n");
    WholeFile.write(file, "breit\n");
    assertThat(file).hasContent("breit\n");
    assertThat(names(deep)).containsExactly("Größe 尺寸.txt");
  }

  @Test
  void whereTheContentFailsTheFileOfBeforeIsWhole() throws IOException {
    Path file = folder.resolve("report.json");
    WholeFile.write(file, "old");
    assertThatThrownBy(
            () ->
                WholeFile.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 20]);
                      throw new IOException("the source ended");
                    }))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("the source ended");
    assertThat(file).hasContent("old");
    assertThat(names(folder)).containsExactly("report.json");
  }

  @Test
  void aLinkIsFollowedAndStays() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real")).resolve("report.json");
    Files.writeString(real, "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), real);
    WholeFile.write(link, "new");
    assertThat(link).isSymbolicLink();
    assertThat(real).hasContent("new");
  }

  @Test
  void whatWasForItsOwnerAloneStaysSo() throws IOException {
    Path file = folder.resolve("report.json");
    Files.writeString(file, "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    WholeFile.write(file, "new");
    assertThat(file).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aFolderInItsPlaceIsNamed() {
    assertThatThrownBy(() -> WholeFile.write(folder, "text"))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(folder + ": is a folder");
  }

  @Test
  void aFolderThatMayNotBeWrittenIsNoFullDisk() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    Assumptions.assumeFalse(Files.isWritable(closed), "this user may write everywhere");
    assertThatThrownBy(() -> WholeFile.write(closed.resolve("report.json"), "text"))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageEndingWith("report.json");
  }

  /** Linux has a device that is always full. It is written to, not replaced. */
  @Test
  void aFullDeviceIsNamedWithReasonAndCure() {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.isWritable(full), "no /dev/full here");
    assertThatThrownBy(() -> WholeFile.write(full, "text"))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("'/dev/full' cannot be written: ")
        .hasMessageEndingWith("make room there, or name a place on another disk");
    assertThat(Files.isRegularFile(full)).isFalse();
  }

  @Test
  void onAFullDiskTheFileOfBeforeIsWholeAndNothingLiesBesideIt() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()),
        "a small disk cannot be mounted: that takes root on Linux");
    try {
      Path file = disk.resolve("report.json");
      WholeFile.write(file, "old");
      assertThatThrownBy(() -> WholeFile.write(file, new byte[1 << 20]))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("'" + file + "' cannot be written: ");
      assertThat(file).hasContent("old");
      assertThat(names(disk)).containsExactly("report.json");
    } finally {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
