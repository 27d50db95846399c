package io.stopline.config;

import io.stopline.config.files.GivenFile;
import io.stopline.yaml.Problem;
import io.stopline.yaml.YamlTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A manifest that lies beside a model file: {@code sign.yaml} beside {@code sign.tflite}. Of a
 * bundle's model it is the bundle's own, whose paths are relative to the bundle; of any other its
 * paths are relative to its folder.
 *
 * @param file the manifest
 * @param manifest what it says
 * @param labelsFile the file of names that it refers to
 * @param labels the names in it, in the model's order
 */
public record ModelManifestFile(
    Path file, ModelManifest manifest, Path labelsFile, List<String> labels) {

  private static final String MODEL = ".tflite";

  private static final Pattern MANIFEST =
      Pattern.compile("(?ms)(?=.*^schema\\s*:)(?=.*^sha256\\s*:)");

  public ModelManifestFile {
    labels = List.copyOf(labels);
  }

  /**
   * The manifest of a model, if one lies beside it: a YAML file with the keys {@code schema} and
   * {@code sha256}; others have YAML files too. Whether it belongs to the model's bytes is the
   * caller's to check.
   *
   * @throws ConfigException if there is one and it cannot be used
   */
  public static Optional<ModelManifestFile> beside(Path model) {
    Path file = path(model);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    byte[] bytes = read(file);
    if (!MANIFEST.matcher(new String(bytes, StandardCharsets.UTF_8)).find()) {
      return Optional.empty();
    }
    YamlTree tree = BundleFiles.parse(file.toString(), bytes, BundleFiles.schema("model"));
    List<Problem> problems = new ArrayList<>();
    ModelManifest manifest = ConfigReader.model(stem(model), tree, problems);
    Path absolute = model.toAbsolutePath().normalize();
    if (!absolute.endsWith(manifest.file())) {
      problems.add(
          new Problem(
              tree.line("/file"),
              "'file' is '%s', but the manifest lies beside '%s'; they belong together under one name"
                  .formatted(manifest.file(), absolute.getFileName())));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(file.toString(), problems);
    }
    Path root = absolute;
    for (int i = 0; i < Path.of(manifest.file()).getNameCount() && root != null; i++) {
      root = root.getParent();
    }
    Path labels =
        root == null ? Path.of(manifest.labels()) : root.resolve(manifest.labels()).normalize();
    if (root != null && !labels.startsWith(root)) {
      throw new UnsafePathException(
          manifest.labels(),
          "%s: 'labels' is '%s', which leads out of '%s'; keep the labels beside the model"
              .formatted(file, manifest.labels(), root));
    }
    return Optional.of(
        new ModelManifestFile(
            file, manifest, labels, BundleFiles.labels(labels.toString(), read(labels))));
  }

  /** Where a model's manifest lies. */
  public static Path path(Path model) {
    return model.resolveSibling(stem(model) + ".yaml");
  }

  /** Where the labels of a model lie that {@link #text} is written for. */
  public static Path labelsPath(Path model) {
    return model.resolveSibling(stem(model) + ".labels.txt");
  }

  /** The text of a manifest. */
  public static String text(ModelManifest manifest) {
    return BundleWriter.text(manifest);
  }

  private static String stem(Path model) {
    String name = String.valueOf(model.getFileName());
    return name.endsWith(MODEL) ? name.substring(0, name.length() - MODEL.length()) : name;
  }

  private static byte[] read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new MissingFileException(
            file.toString(),
            "'%s' %s; put the file there"
                .formatted(file, GivenFile.problem(file, BundleFiles.MAX_TEXT_BYTES)));
      }
      if (Files.size(file) > BundleFiles.MAX_TEXT_BYTES) {
        throw new OversizeFileException(
            file.toString(),
            "'%s' has %d bytes; at most %d are read"
                .formatted(file, Files.size(file), BundleFiles.MAX_TEXT_BYTES));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UnreadableFileException(
          file.toString(), "'%s' cannot be read (%s)".formatted(file, e.getMessage()));
    }
  }
}
