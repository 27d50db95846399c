package io.stopline.config;

import io.stopline.config.files.StorageException;
import io.stopline.sdk.check.AppearanceTable;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.InputEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the files of a bundle and, last, {@code bundle.yaml} with the hash of each. Every file
 * appears whole or not at all; a bundle whose writing was cut off does not load, because its list
 * of hashes is older than its files. Belongs to one thread.
 */
public final class BundleWriter {

  private final Path directory;

  /**
   * @param directory is created if it does not exist
   * @throws UnreadableFileException if it cannot be created
   */
  public BundleWriter(Path directory) {
    try {
      Files.createDirectories(directory);
      this.directory = directory.toRealPath();
    } catch (IOException e) {
      throw failed(directory.toString(), StorageException.named(directory, e));
    }
  }

  /** Where it writes, without links. */
  public Path directory() {
    return directory;
  }

  /**
   * Writes one file, replacing it if it exists.
   *
   * @param file relative to the bundle
   * @return its SHA-256
   * @throws UnsafePathException if the path could lead out of the bundle
   * @throws UnreadableFileException if it cannot be written
   */
  public String write(String file, byte[] bytes) {
    BundleFiles.checkPath(directory.toString(), file);
    Path target = directory.resolve(file);
    Path parent = target.toAbsolutePath().getParent();
    try {
      Files.createDirectories(parent == null ? directory : parent);
      Path temporary = Files.createTempFile(parent, ".", ".part");
      try {
        Files.write(temporary, bytes);
        // Temporary files are private to their owner; a bundle is to be read by an agent's user.
        if (!temporary.toFile().setReadable(true, false)) {
          throw new IOException("cannot make it readable");
        }
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw failed(file, StorageException.named(target, e));
    }
    return BundleFiles.sha256(bytes);
  }

  /** Writes one text file as UTF-8. */
  public String write(String file, String text) {
    return write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes {@code models/NAME.yaml}. The model and its labels are written apart. */
  public void writeModel(ModelManifest m) {
    write("models/" + m.name() + ".yaml", text(m));
  }

  /** A model's manifest as a file. */
  static String text(ModelManifest m) {
    InputEncoding in = m.input();
    return """
        schema: 1
        file: %s
        sha256: "%s"
        %s# real = (low + (high - low) * pixel / 255 - mean) / deviation, for R, G, B
        input:
          low: %s
          high: %s
          mean: %s
          deviation: %s
        %soutput: %s
        %slabels: %s
        licence: %s
        # Synthetic images on which a delegate must agree with the CPU within the tolerance.
        reference:
          seed: %d
          count: %d
          tolerance: %s
        """
        .formatted(
            m.file(),
            m.sha256(),
            m.isDetector() ? "kind: detector\n" : "",
            in.low(),
            in.high(),
            in.mean(),
            in.deviation(),
            in.channels() == ChannelOrder.RGB
                ? ""
                : "  # In this order the model reads the colours.\n  channels: %s\n"
                    .formatted(in.channels().word()),
            m.output().word(),
            m.output() instanceof ModelManifest.Output.Detections detections
                ? DetectorKeys.text(detections.format())
                : "",
            m.labels(),
            quoted(m.licence()),
            m.reference().seed(),
            m.reference().count(),
            m.reference().tolerance());
  }

  /**
   * Writes {@code appearance/NAME.yaml} and {@code appearance/NAME.table}. The labels are written
   * apart, the policy that refers to the table too.
   *
   * @param labels file of class names
   * @param data of the table, as {@link AppearanceTable} takes it
   */
  public void writeAppearance(String name, String labels, AppearanceTable table, byte[] data) {
    String file = "appearance/" + name + ".table";
    String sha256 = write(file, data);
    StringBuilder text = new StringBuilder(1 << 11);
    text.append(
        """
        # What groups of signs look like: written by `stopline guard learn-appearance`. The card beside says how.
        schema: 1
        file: %s
        sha256: "%s"
        labels: %s
        # Cells a side of the grid, ferns, and questions a fern.
        side: %d
        ferns: %d
        questions: %d
        # From which lead of another group over the label's own on, in votes, a label is doubted, and where doubt is full.
        floor: %d
        ceiling: %d
        # Classes that share shape and colours.
        groups:
        """
            .formatted(
                file,
                sha256,
                labels,
                table.side(),
                table.ferns(),
                Integer.numberOfTrailingZeros(table.words()),
                table.floor(),
                table.ceiling()));
    for (int g = 0; g < table.groups().size(); g++) {
      int group = g;
      text.append("  ")
          .append(quoted(table.groups().get(g)))
          .append(": ")
          .append(
              IntStream.range(0, table.classes())
                  .filter(c -> table.groupOf(c) == group)
                  .boxed()
                  .toList())
          .append('\n');
    }
    write("appearance/" + name + ".yaml", text.toString());
  }

  /**
   * Writes a calibration.
   *
   * @param file as the policy names it
   */
  public void writeCalibration(String file, CalibrationFile c) {
    StringBuilder text = new StringBuilder(1 << 12);
    text.append(
        """
        # Written by `stopline calibrate`. It holds for this policy and these models only.
        schema: 1
        policy: %s
        policySha256: "%s"
        models:
        """
            .formatted(c.policy(), c.policySha256()));
    c.models()
        .forEach((model, hash) -> text.append("  %s: \"%s\"%n".formatted(quoted(model), hash)));
    text.append(
        """
        data:
          name: %s
          sha256: "%s"
          split: %s
          frames: %d
        %sseed: %d
        # The largest fused score of each clean track, ascending.
        tracks: %d
        scores:
        """
            .formatted(
                quoted(c.dataName()),
                c.dataSha256(),
                quoted(c.split()),
                c.frames(),
                boxes(c),
                c.seed(),
                c.scores().size()));
    for (double score : c.scores()) {
      text.append("  - ").append(score).append('\n');
    }
    write(file, text.toString());
  }

  private static String boxes(CalibrationFile c) {
    CalibrationFile.Boxes boxes = c.boxes();
    return boxes == null
        ? ""
        : "  # How signs were cut out, in shares of their side: 95 %% of the boxes lay off by no more.%n  boxes: {margin: %s, shift: %s, scale: %s}%n"
            .formatted(boxes.margin(), boxes.shift(), boxes.scale());
  }

  /**
   * Writes {@code bundle.yaml} over all files that lie in the directory now, and verifies the
   * result by loading it.
   *
   * @throws ConfigException if what was written is no valid bundle
   */
  public Bundle seal(String name, String version, String defaultPolicy, String defaultProfile) {
    String head =
        """
        # Every file of this bundle with its SHA-256. Nothing else may lie here.
        schema: 1
        name: %s
        version: %s
        defaultPolicy: %s
        defaultProfile: %s
        """
            .formatted(name, version, defaultPolicy, defaultProfile);
    write(BundleFiles.MANIFEST, head + hashes(openForSealing()));
    return Bundle.load(directory);
  }

  /** The part {@code files} of a bundle's list. */
  private static String hashes(BundleFiles files) {
    StringBuilder text = new StringBuilder(1 << 12);
    text.append("files:\n");
    for (String file : files.list()) {
      if (!file.equals(BundleFiles.MANIFEST)) {
        byte[] bytes =
            files.read(
                file,
                file.endsWith(".tflite")
                    ? BundleFiles.MAX_MODEL_BYTES
                    : BundleFiles.MAX_TEXT_BYTES);
        text.append("  %s: \"%s\"%n".formatted(quoted(file), BundleFiles.sha256(bytes)));
      }
    }
    return text.toString();
  }

  private BundleFiles openForSealing() {
    if (!Files.exists(directory.resolve(BundleFiles.MANIFEST))) {
      write(BundleFiles.MANIFEST, "");
    }
    return new BundleFiles(directory);
  }

  /**
   * Writes the list of hashes of an existing bundle anew, after files were changed on purpose. All
   * else of {@code bundle.yaml} stays as it is, with its comments.
   *
   * @throws ConfigException if there is no bundle or what lies there now is no valid one
   */
  public static Bundle reseal(Path directory) {
    BundleFiles files = new BundleFiles(directory);
    byte[] bytes = files.read(BundleFiles.MANIFEST, BundleFiles.MAX_TEXT_BYTES);
    BundleFiles.parse(BundleFiles.MANIFEST, bytes, BundleFiles.schema("bundle"));
    StringBuilder text = new StringBuilder(bytes.length);
    boolean old = false;
    for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
      boolean begins = line.startsWith("files:");
      old = begins || (old && line.matches("|[ #}].*"));
      boolean goes = old && !line.startsWith("#");
      text.append(begins ? hashes(files) : goes ? "" : line + "\n");
    }
    new BundleWriter(directory).write(BundleFiles.MANIFEST, text.toString());
    return Bundle.load(directory);
  }

  /** A YAML text in double quotes. */
  static String quoted(String text) {
    return text.chars()
        .mapToObj(
            c ->
                c == '"' || c == '\\'
                    ? "\\" + (char) c
                    : c < ' ' ? "\\x%02x".formatted(c) : String.valueOf((char) c))
        .collect(Collectors.joining("", "\"", "\""));
  }

  /** A YAML list of names on one line. */
  static String names(List<String> names) {
    return names.stream().map(BundleWriter::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  private static UnreadableFileException failed(String file, IOException e) {
    UnreadableFileException u =
        new UnreadableFileException(
            file,
            e instanceof StorageException full
                ? full.getMessage()
                : "'%s' cannot be written (%s); check permissions and free space"
                    .formatted(file, e));
    u.initCause(e);
    return u;
  }
}
