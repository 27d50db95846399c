package io.stopline.evaluation.model;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Names of classes that travel inside a model file: TensorFlow Lite's metadata tools append
 * associated files to it as a ZIP archive (TFLite metadata, "associated files"), and Ultralytics
 * its metadata, which have {@code names}.
 *
 * @param file name of the associated file
 * @param labels what it says
 */
public record PackedLabels(String file, LabelFile labels) {

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int DIRECTORY_SIZE = 12;
  private static final int DIRECTORY_OFFSET = 16;
  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int ENTRY_OFFSET = 42;
  private static final int MOST_COMMENT = 0xffff;
  private static final int MOST_ENTRIES = 64;
  private static final int MOST_BYTES = 1 << 20;

  /**
   * The first text among a model's associated files whose name says labels; if none does, the only
   * text there is.
   *
   * @param name of the model, for messages
   * @return empty if there is no archive behind the model, or no such text in it
   * @throws io.stopline.evaluation.UnusableDatasetException if the text cannot be read as names
   */
  public static Optional<PackedLabels> of(String name, byte[] model) {
    int start = firstEntry(model);
    if (start < 0) {
      return Optional.empty();
    }
    String found = null;
    byte[] text = null;
    int texts = 0;
    try (ZipInputStream zip =
        new ZipInputStream(new ByteArrayInputStream(model, start, model.length - start))) {
      ZipEntry entry;
      for (int i = 0; i < MOST_ENTRIES && (entry = zip.getNextEntry()) != null; i++) {
        String lower = entry.getName().toLowerCase(Locale.ROOT);
        if (lower.endsWith(".txt") || lower.endsWith(".json")) {
          byte[] read = zip.readNBytes(MOST_BYTES);
          Optional<LabelFile> told = NamesInMetadata.of(new String(read, StandardCharsets.UTF_8));
          if (told.isPresent()) {
            return Optional.of(new PackedLabels(entry.getName(), told.get()));
          }
          if (lower.endsWith(".json")) {
            continue;
          }
          boolean named = lower.contains("label");
          texts += named ? 0 : 1;
          if (found == null || named) {
            found = entry.getName();
            text = read;
          }
          if (named) {
            texts = 1;
            break;
          }
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      // Names of entries that are no text throw the latter. Whatever is behind the model is no
      // archive of associated files.
      return Optional.empty();
    }
    return found == null || text == null || texts != 1
        ? Optional.empty()
        : Optional.of(
            new PackedLabels(found, LabelFile.of("%s of '%s'".formatted(found, name), text)));
  }

  /** Where the archive's first local header is; −1 if there is no archive at the file's end. */
  private static int firstEntry(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int lowest = Math.max(0, file.length - END_BYTES - MOST_COMMENT);
    for (int end = file.length - END_BYTES; end >= lowest; end--) {
      if (bytes.getInt(end) != END_SIGNATURE) {
        continue;
      }
      long directory = end - Integer.toUnsignedLong(bytes.getInt(end + DIRECTORY_SIZE));
      // Offsets count from the archive's own beginning or from the file's: both are written.
      long shift = directory - Integer.toUnsignedLong(bytes.getInt(end + DIRECTORY_OFFSET));
      if (directory < 0
          || directory > end - ENTRY_OFFSET - Integer.BYTES
          || bytes.getInt((int) directory) != ENTRY_SIGNATURE) {
        return -1;
      }
      long first = shift + Integer.toUnsignedLong(bytes.getInt((int) directory + ENTRY_OFFSET));
      return first >= 0 && first < directory ? (int) first : -1;
    }
    return -1;
  }
}
