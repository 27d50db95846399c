package io.stopline.campaign.robustness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.files.StorageException;
import io.stopline.config.files.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a run keeps what is finished, so that it can be killed and taken up again: {@code
 * settings.json} says whose run it is, {@code batches.jsonl} has one line a finished part (a batch
 * of inputs, an object), {@code sanity.json} the sanity runs. A line that a killed run left
 * unfinished is cut off.
 */
public final class RunFolder {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final ObjectMapper LINE = new ObjectMapper();

  private final Path folder;
  private final Path batches;

  private RunFolder(Path folder) {
    this.folder = folder;
    this.batches = folder.resolve("batches.jsonl");
  }

  /**
   * Opens a folder, or makes it.
   *
   * @param settings all that decides the run's results
   * @throws ForeignRunException if the folder holds a run with other settings
   * @throws UncheckedIOException if it cannot be written or read
   */
  public static RunFolder open(Path folder, ObjectNode settings) {
    try {
      Path file = folder.resolve("settings.json");
      if (Files.exists(file)) {
        JsonNode there = JSON.readTree(Files.readString(file));
        JsonNode here = JSON.readTree(JSON.writeValueAsString(settings));
        if (!here.equals(there)) {
          throw new ForeignRunException(
              "run folder '%s' holds another run: %s; name another folder, or repeat the command that began it"
                  .formatted(folder, difference(there, here)));
        }
      } else {
        Files.createDirectories(folder);
        WholeFile.write(file, JSON.writeValueAsString(settings) + "\n");
      }
      RunFolder opened = new RunFolder(folder);
      opened.cutUnfinishedLine();
      return opened;
    } catch (JsonProcessingException e) {
      throw new ForeignRunException(
          "run folder '%s' has a settings.json that is no JSON (%s); name another folder"
              .formatted(folder, e.getOriginalMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String difference(JsonNode there, JsonNode here) {
    for (Map.Entry<String, JsonNode> field : here.properties()) {
      JsonNode other = there.path(field.getKey());
      if (!field.getValue().equals(other)) {
        return "its '%s' is %s, here it is %s".formatted(field.getKey(), other, field.getValue());
      }
    }
    return "its settings have more fields";
  }

  private void cutUnfinishedLine() throws IOException {
    if (!Files.exists(batches)) {
      return;
    }
    byte[] bytes = Files.readAllBytes(batches);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    if (end < bytes.length) {
      try (FileChannel channel = FileChannel.open(batches, StandardOpenOption.WRITE)) {
        channel.truncate(end);
      }
    }
  }

  /** What is finished, in the order in which it was. */
  List<FinishedBatch> finished() {
    return lines().stream().map(FinishedBatch::of).toList();
  }

  /** Appends a batch; it is on the disk when this returns. */
  void append(FinishedBatch batch) {
    append(batch.toJson());
  }

  /** All finished parts, in the order in which they were. */
  public List<JsonNode> lines() {
    List<JsonNode> all = new ArrayList<>();
    if (!Files.exists(batches)) {
      return all;
    }
    try {
      for (String line : Files.readAllLines(batches, StandardCharsets.UTF_8)) {
        all.add(LINE.readTree(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /** Appends a finished part; it is on the disk when this returns. */
  public void append(JsonNode part) {
    try {
      byte[] line = (LINE.writeValueAsString(part) + "\n").getBytes(StandardCharsets.UTF_8);
      try (FileChannel channel =
          FileChannel.open(
              batches,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.APPEND)) {
        ByteBuffer buffer = ByteBuffer.wrap(line);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(StorageException.named(batches, e));
    }
  }

  /** What was kept under a name beside the batches. */
  public Optional<JsonNode> kept(String name) {
    Path file = folder.resolve(name + ".json");
    try {
      return Files.exists(file)
          ? Optional.of(LINE.readTree(Files.readString(file)))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps something under a name; whole or not at all. */
  public void keep(String name, JsonNode value) {
    try {
      WholeFile.write(folder.resolve(name + ".json"), LINE.writeValueAsString(value));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
