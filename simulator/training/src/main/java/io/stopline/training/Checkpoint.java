package io.stopline.training;

import io.stopline.config.files.StorageException;
import io.stopline.evaluation.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a training state in a file, and the one before it beside it ({@code .previous}). A new one
 * is written beside them, forced to the disk and only then moved into place, so that whenever the
 * process is killed or the power fails, at least one whole checkpoint is there. A digest at the end
 * tells a damaged one.
 */
final class Checkpoint {

  private static final byte[] MAGIC =
      "stopline training checkpoint 2\n".getBytes(StandardCharsets.US_ASCII);

  private static final int DIGEST = 32;

  private final Path file;
  private final Path previous;
  private final Path fresh;
  private final Map<String, String> settings;

  /**
   * @param settings all that must be the same for training to go on
   */
  Checkpoint(Path file, Map<String, String> settings) {
    this.file = file.toAbsolutePath();
    this.previous = sibling(".previous");
    this.fresh = sibling(".new");
    this.settings = new LinkedHashMap<>(settings);
  }

  private Path sibling(String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  /** Whether there is one to go on from, or the remains of one. */
  boolean exists() {
    return Files.exists(file) || Files.exists(previous);
  }

  /** Removes it and the one before it. */
  void delete() {
    try {
      for (Path path : new Path[] {fresh, file, previous}) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("checkpoint '%s' cannot be deleted".formatted(file), e);
    }
  }

  /**
   * Writes a state.
   *
   * @throws UncheckedIOException if the disk does not take it; the last checkpoint is still there
   */
  void write(TrainingState state) {
    byte[] content = encode(state);
    try {
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      if (Files.exists(file)) {
        move(file, previous);
      }
      move(fresh, file);
      forceFolder(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "checkpoint '%s' cannot be written (%s); make room there or name another place"
              .formatted(file, e.getMessage()),
          StorageException.named(file, e));
    } finally {
      deleteFresh();
    }
  }

  /** What was moved into place is there no more; what was not is half a checkpoint. */
  private void deleteFresh() {
    try {
      Files.deleteIfExists(fresh);
    } catch (IOException e) {
      // The next checkpoint overwrites it; what went wrong is being told already.
    }
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A rename is on the disk when its folder is. Windows opens no folders and needs none of it. */
  private static void forceFolder(@Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Then the file system decides when; the checkpoint before this one is whole all the same.
    }
  }

  /**
   * The newest whole state.
   *
   * @param listener is told if the newest one was damaged
   * @throws UnusableCheckpointException if none is whole, or it is of other training
   */
  TrainingState read(TrainingListener listener) {
    UnusableCheckpointException damage = null;
    for (Path path : new Path[] {file, previous}) {
      if (!Files.exists(path)) {
        continue;
      }
      byte[] content;
      try {
        content = content(path);
      } catch (UnusableCheckpointException e) {
        damage = damage == null ? e : damage;
        continue;
      }
      TrainingState state = decode(path, content);
      if (damage != null) {
        listener.note(
            "%s; going on from the one before it, '%s' (epoch %d, step %d)"
                .formatted(damage.getMessage(), path, state.epoch + 1, state.steps));
      } else if (path.equals(previous)) {
        listener.note(
            "the newest checkpoint is missing; going on from the one before it, '%s' (epoch %d, step %d)"
                .formatted(path, state.epoch + 1, state.steps));
      }
      return state;
    }
    if (damage == null) {
      throw new UnusableCheckpointException("there is no checkpoint '%s'".formatted(file));
    }
    throw new UnusableCheckpointException(
        "%s, and there is no whole one before it; delete it to start again"
            .formatted(damage.getMessage()),
        damage);
  }

  private static byte[] content(Path path) {
    byte[] content;
    try {
      content = Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UnusableCheckpointException(
          "checkpoint '%s' cannot be read (%s)".formatted(path, e.getMessage()), e);
    }
    int end = content.length - DIGEST;
    if (end < MAGIC.length || !Arrays.equals(content, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new UnusableCheckpointException(
          "'%s' is not a checkpoint of this version, or is cut off".formatted(path));
    }
    if (!MessageDigest.isEqual(
        digest(content, end), Arrays.copyOfRange(content, end, content.length))) {
      throw new UnusableCheckpointException(
          "checkpoint '%s' is damaged: its digest does not match".formatted(path));
    }
    return content;
  }

  private static byte[] digest(byte[] content, int end) {
    MessageDigest digest = Sha256.digest();
    digest.update(content, 0, end);
    return digest.digest();
  }

  private byte[] encode(TrainingState state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 20);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(MAGIC);
      out.writeInt(settings.size());
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        out.writeUTF(setting.getKey());
        out.writeUTF(setting.getValue());
      }
      out.writeInt(state.plannedEpochs);
      out.writeInt(state.epoch);
      out.writeInt(state.batch);
      out.writeLong(state.steps);
      out.writeDouble(state.lossSum);
      out.writeLong(state.lossCount);
      out.writeLong(state.right);
      out.writeLong(state.rightAttacked);
      out.writeLong(state.seen);
      out.writeInt(state.looksSinceBest);
      out.writeDouble(state.seconds);
      for (float[] values :
          new float[][] {
            state.free, state.first, state.second, state.average, state.best, state.memory
          }) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length);
        buffer.asFloatBuffer().put(values);
        out.writeInt(values.length);
        out.write(buffer.array());
      }
      out.writeInt(state.history.size());
      for (EpochFigures f : state.history) {
        for (double value :
            new double[] {
              f.epoch(),
              f.loss(),
              f.trainClean(),
              f.trainAttacked(),
              f.clean(),
              f.robust(),
              f.score(),
              f.rate(),
              f.seconds()
            }) {
          out.writeDouble(value);
        }
        out.writeBoolean(f.best());
      }
      out.writeInt(state.events.size());
      for (TrainingEvent event : state.events) {
        out.writeDouble(event.epoch());
        out.writeUTF(event.text());
      }
      out.write(digest(bytes.toByteArray(), bytes.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private TrainingState decode(Path path, byte[] content) {
    TrainingState state = new TrainingState();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      in.skipNBytes(MAGIC.length);
      Map<String, String> stored = new LinkedHashMap<>();
      int entries = in.readInt();
      for (int i = 0; i < entries; i++) {
        stored.put(in.readUTF(), in.readUTF());
      }
      compare(path, stored);
      state.plannedEpochs = in.readInt();
      state.epoch = in.readInt();
      state.batch = in.readInt();
      state.steps = in.readLong();
      state.lossSum = in.readDouble();
      state.lossCount = in.readLong();
      state.right = in.readLong();
      state.rightAttacked = in.readLong();
      state.seen = in.readLong();
      state.looksSinceBest = in.readInt();
      state.seconds = in.readDouble();
      state.free = floats(in);
      state.first = floats(in);
      state.second = floats(in);
      state.average = floats(in);
      state.best = floats(in);
      state.memory = floats(in);
      int epochs = in.readInt();
      for (int i = 0; i < epochs; i++) {
        double[] f = new double[9];
        for (int k = 0; k < f.length; k++) {
          f[k] = in.readDouble();
        }
        state.history.add(
            new EpochFigures(
                f[0], f[1], f[2], f[3], f[4], f[5], f[6], in.readBoolean(), f[7], f[8]));
      }
      int events = in.readInt();
      for (int i = 0; i < events; i++) {
        state.events.add(new TrainingEvent(in.readDouble(), in.readUTF()));
      }
    } catch (IOException e) {
      // The digest was right, so another version wrote it.
      throw new UnusableCheckpointException(
          "checkpoint '%s' has another layout (%s); delete it to start again"
              .formatted(path, e.getMessage()),
          e);
    }
    return state;
  }

  private static float[] floats(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || 4L * length > in.available()) {
      throw new IOException("an array of " + length + " values");
    }
    float[] values = new float[length];
    ByteBuffer.wrap(in.readNBytes(4 * length)).asFloatBuffer().get(values);
    return values;
  }

  private void compare(Path path, Map<String, String> stored) {
    StringBuilder differences = new StringBuilder();
    Map<String, String> all = new LinkedHashMap<>(stored);
    settings.forEach(all::putIfAbsent);
    for (String name : all.keySet()) {
      String then = stored.getOrDefault(name, "not given");
      String now = settings.getOrDefault(name, "not given");
      if (!then.equals(now)) {
        differences
            .append(differences.isEmpty() ? "" : "; ")
            .append("%s was %s, now %s".formatted(name, then, now));
      }
    }
    if (!differences.isEmpty()) {
      throw new UnusableCheckpointException(
          "checkpoint '%s' is of other training (%s); give what was given then, or delete it to start again"
              .formatted(path, differences));
    }
  }
}
