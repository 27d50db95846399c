package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.testing.ToyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TriedModelsTest {

  private static final byte[] MODEL = ToyModels.verifier();

  @TempDir private Path cache;

  private TriedModels nextProcess() {
    return new TriedModels(() -> cache);
  }

  @Test
  void theNextProcessKnowsWhatRan() {
    assertThat(nextProcess().contains(MODEL, 1)).isFalse();
    nextProcess().add(MODEL, 1);

    assertThat(nextProcess().contains(MODEL, 1)).isTrue();
    assertThat(nextProcess().contains(ToyModels.finder(), 1)).isFalse();
    byte[] altered = MODEL.clone();
    altered[altered.length - 1]++;
    assertThat(nextProcess().contains(altered, 1)).isFalse();
    // Shapes depend on the batch.
    assertThat(nextProcess().contains(MODEL, 2)).isFalse();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX modes")
  void onlyTheUserMayReadAndWriteIt() throws IOException {
    nextProcess().add(MODEL, 1);
    assertThat(mode(Objects.requireNonNull(folder().getParent()))).isEqualTo("rwx------");
    assertThat(mode(folder())).isEqualTo("rwx------");
    assertThat(mode(file())).isEqualTo("rw-------");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX modes")
  void aFolderThatOthersMayWriteIsNotBelieved() throws IOException {
    nextProcess().add(MODEL, 1);
    Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxrwxrwx"));

    TriedModels tampered = nextProcess();
    assertThat(tampered.contains(MODEL, 1)).isFalse();
    // It still serves this process.
    tampered.add(MODEL, 1);
    assertThat(tampered.contains(MODEL, 1)).isTrue();
    assertThat(nextProcess().contains(MODEL, 1)).isFalse();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX modes")
  void aLinkIsNotBelieved() throws IOException {
    nextProcess().add(MODEL, 1);
    Path file = file();
    Path elsewhere = Files.createFile(cache.resolve("elsewhere"));
    Files.delete(file);
    Files.createSymbolicLink(file, elsewhere);
    assertThat(nextProcess().contains(MODEL, 1)).isFalse();
  }

  @Test
  void withoutAFolderAProcessRemembersForItself() {
    TriedModels models =
        new TriedModels(
            () -> {
              throw new IOException("no cache");
            });
    assertThat(models.contains(MODEL, 1)).isFalse();
    models.add(MODEL, 1);
    assertThat(models.contains(MODEL, 1)).isTrue();
  }

  private Path folder() throws IOException {
    return only(only(cache));
  }

  private Path file() throws IOException {
    return only(folder());
  }

  private static Path only(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> paths = all.toList();
      assertThat(paths).hasSize(1);
      return paths.get(0);
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
