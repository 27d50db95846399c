package io.stopline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.files.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints survive damage, or say what is wrong with them. */
final class CheckpointTest {

  private static final Map<String, String> SETTINGS = Map.of("lr", "0.1", "method", "standard");

  @TempDir Path folder;
  private Path file;
  private final List<String> notes = new ArrayList<>();
  private final TrainingListener listener =
      new TrainingListener() {
        @Override
        public void note(String text) {
          notes.add(text);
        }
      };

  @BeforeEach
  void name() {
    file = folder.resolve("run/model.checkpoint");
  }

  private Checkpoint checkpoint() {
    return new Checkpoint(file, SETTINGS);
  }

  private static TrainingState state(int step) {
    TrainingState state = new TrainingState();
    state.plannedEpochs = 12;
    state.epoch = 3;
    state.batch = 5;
    state.steps = step;
    state.lossSum = 0.125;
    state.lossCount = 9;
    state.right = 10;
    state.rightAttacked = 8;
    state.seen = 20;
    state.looksSinceBest = 2;
    state.seconds = 61.5;
    state.free = new float[] {1, Float.MIN_VALUE, -0.0f};
    state.first = new float[] {4};
    state.second = new float[] {5, 6};
    state.average = new float[] {7};
    state.best = new float[] {8, 9};
    state.memory = new float[] {10};
    state.history.add(new EpochFigures(1, 2, 3, 4, 5, Double.NaN, 6, true, 7, 8));
    state.history.add(new EpochFigures(2, 2, 3, 4, 5, 0.5, 6, false, 7, 8));
    state.events.add(new TrainingEvent(1.25, "catastrophic overfitting: 90 %, 3 %"));
    return state;
  }

  @Test
  void aStateComesBackAsItWas() {
    checkpoint().write(state(77));

    assertThat(checkpoint().read(listener))
        .usingRecursiveComparison()
        .withEqualsForType((a, b) -> Double.compare(a, b) == 0, Double.class)
        .withEqualsForType((a, b) -> Float.compare(a, b) == 0, Float.class)
        .isEqualTo(state(77));
    assertThat(notes).isEmpty();
  }

  @Test
  void whereverAFileIsCutOffTheOneBeforeItIsUsed() throws IOException {
    checkpoint().write(state(1));
    checkpoint().write(state(2));
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 5, 40, whole.length / 2, whole.length - 1}) {
      notes.clear();
      Files.write(file, Arrays.copyOf(whole, length));

      assertThat(checkpoint().read(listener).steps).isEqualTo(1);
      assertThat(notes).hasSize(1);
      assertThat(notes.get(0)).contains(file.toString()).contains("going on from the one before");
    }
  }

  @Test
  void everyChangedByteIsNoticed() throws IOException {
    checkpoint().write(state(1));
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 4;
      Files.write(file, damaged);

      assertThatThrownBy(() -> checkpoint().read(listener))
          .isInstanceOf(UnusableCheckpointException.class)
          .hasMessageContaining("delete it to start again");
    }
  }

  @Test
  void aFullDiskLeavesTheLastOneAndNoHalfOne() throws IOException {
    Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/full")), "no /dev/full here");
    checkpoint().write(state(1));
    // Where the next one is written, nothing more goes in.
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.createSymbolicLink(fresh, Path.of("/dev/full"));

    assertThatThrownBy(() -> checkpoint().write(state(2)))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(StorageException.class)
        .hasMessageContaining("checkpoint '" + file + "' cannot be written");
    assertThat(Files.isSymbolicLink(fresh)).isFalse();
    assertThat(checkpoint().read(listener).steps).isEqualTo(1);
  }

  /** A kill between the two renames leaves only the older one in place; one before them, a rest. */
  @Test
  void aKillBetweenTheRenamesLosesNothing() throws IOException {
    checkpoint().write(state(1));
    checkpoint().write(state(2));
    Files.move(file, file.resolveSibling("model.checkpoint.new"));

    assertThat(checkpoint().exists()).isTrue();
    assertThat(checkpoint().read(listener).steps).isEqualTo(1);
    assertThat(notes.get(0)).contains("missing");

    checkpoint().write(state(3));
    assertThat(checkpoint().read(listener).steps).isEqualTo(3);
  }

  @Test
  void otherSettingsAreNamed() {
    checkpoint().write(state(1));

    Checkpoint other =
        new Checkpoint(file, Map.of("lr", "0.2", "method", "standard", "awp", "0.01"));
    assertThatThrownBy(() -> other.read(listener))
        .isInstanceOf(UnusableCheckpointException.class)
        .hasMessageContaining("lr was 0.1, now 0.2")
        .hasMessageContaining("awp was not given, now 0.01")
        .hasMessageNotContaining("method was");
  }

  @Test
  void deletingLeavesNothing() throws IOException {
    checkpoint().write(state(1));
    checkpoint().write(state(2));
    checkpoint().delete();

    assertThat(checkpoint().exists()).isFalse();
    try (var left = Files.list(file.getParent())) {
      assertThat(left).isEmpty();
    }
  }
}
