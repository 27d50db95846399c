package io.stopline.campaign.hardening;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Recipes as YAML files, checked against a JSON Schema (2020-12). Paths are taken from the file's
 * folder. Stateless and thread-safe.
 */
public final class RecipeFile {

  private static final int MAX_BYTES = 1 << 18;
  private static final SchemaCheck CHECK = new SchemaCheck(RecipeFile.class, "recipe.schema.json");

  private RecipeFile() {}

  /**
   * Reads and checks a recipe.
   *
   * @throws InvalidRecipeException if the file cannot be read, is no YAML or breaks the schema; the
   *     message says on which line, and the cure
   */
  public static Recipe read(Path file) {
    byte[] bytes;
    if (Files.isDirectory(file)) {
      throw new InvalidRecipeException("recipe '%s' is a folder; name a YAML file".formatted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new InvalidRecipeException(
          "recipe '%s' does not exist; check the path".formatted(file), e);
    } catch (IOException e) {
      throw new InvalidRecipeException(
          "recipe '%s' cannot be read (%s); check the permissions".formatted(file, e.getMessage()),
          e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new InvalidRecipeException(
          "recipe '%s' has more than %d bytes; is it a recipe?".formatted(file, MAX_BYTES));
    }
    List<Problem> problems = new ArrayList<>();
    YamlTree tree = YamlTree.parse(bytes, problems);
    if (problems.isEmpty()) {
      problems.addAll(CHECK.problems(tree));
    }
    JsonNode root = tree.root();
    if (problems.isEmpty() && root.has("model") && root.has("architecture")) {
      problems.add(
          new Problem(
              tree.line("/architecture"),
              "'model' and 'architecture' both say what to start from; remove one"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidRecipeException(file.toString(), YamlTree.inOrder(problems));
    }
    Path folder = file.toAbsolutePath().normalize().getParent();
    return recipe(file, folder == null ? Path.of("/") : folder, root);
  }

  private static Recipe recipe(Path file, Path folder, JsonNode root) {
    List<Path> teachers = new ArrayList<>();
    root.path("teachers").forEach(t -> teachers.add(path(file, folder, t)));
    return new Recipe(
        root.has("model") ? Optional.of(path(file, folder, root.get("model"))) : Optional.empty(),
        root.has("architecture")
            ? Optional.of(architecture(file, folder, root.get("architecture")))
            : Optional.empty(),
        root.has("method") ? Optional.of(root.get("method").asText()) : Optional.empty(),
        texts(root.path("settings")),
        teachers,
        root.has("int8") ? Optional.of(root.get("int8").asBoolean()) : Optional.empty(),
        root.has("time")
            ? OptionalLong.of(Durations.seconds(root.get("time").asText()))
            : OptionalLong.empty(),
        root.has("seed") ? OptionalLong.of(root.get("seed").asLong()) : OptionalLong.empty(),
        texts(root.path("figures")));
  }

  /** The name of a shipped architecture stays one; a file is looked for beside the recipe. */
  private static String architecture(Path file, Path folder, JsonNode value) {
    return value.asText().matches(".*[./\\\\].*")
        ? path(file, folder, value).toString()
        : value.asText();
  }

  private static Path path(Path file, Path folder, JsonNode value) {
    try {
      return folder.resolve(value.asText()).normalize();
    } catch (InvalidPathException e) {
      throw new InvalidRecipeException(
          "%s: '%s' is no path (%s)".formatted(file, value.asText(), e.getReason()), e);
    }
  }

  private static Map<String, String> texts(JsonNode node) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      texts.put(field.getKey(), field.getValue().asText());
    }
    return texts;
  }
}
