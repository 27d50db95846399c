package io.stopline.training.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.autodiff.ImageShape;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads one YAML file. */
final class ArchitectureFile {

  private static final int SIDE = 32;
  private static final double BRANCH = 0.2;
  private static final int WAVES = 4;

  private final String file;
  private final String name;
  private final SchemaCheck check;

  /**
   * @param file what messages call it
   * @param name of the architecture where the file says none
   */
  ArchitectureFile(String file, String name, SchemaCheck check) {
    this.file = file;
    this.name = name;
    this.check = check;
  }

  /**
   * @param folder that paths in the file are taken from
   */
  Architecture read(byte[] bytes, Path folder) {
    List<Problem> problems = new ArrayList<>();
    YamlTree tree = YamlTree.parse(bytes, problems);
    if (problems.isEmpty()) {
      problems.addAll(check.problems(tree));
    }
    if (!problems.isEmpty()) {
      throw Architecture.invalid(file, problems);
    }
    JsonNode root = tree.root();
    JsonNode sides = root.path("input");
    Architecture architecture =
        new Architecture(
            root.path("name").asText(name),
            new ImageShape(
                sides.path(0).asInt(SIDE), sides.path(1).asInt(SIDE), sides.path(2).asInt(3)),
            root.path("classes").asInt(),
            root.path("scaleInput").asBoolean(true),
            root.path("width").asDouble(1),
            root.path("depth").asDouble(1),
            layers(root.path("layers")),
            root.has("weights")
                ? FileWeights.read(file, folder.resolve(root.path("weights").asText()))
                : Map.of());
    try {
      architecture.file(0); // shows what the schema cannot see
    } catch (InvalidArchitectureException e) {
      throw new InvalidArchitectureException(file + ": " + e.getMessage(), e);
    }
    return architecture;
  }

  private static List<Layer> layers(JsonNode list) {
    List<Layer> layers = new ArrayList<>();
    for (JsonNode entry : list) {
      String kind = entry.fieldNames().next();
      layers.add(layer(kind, entry.path(kind)));
    }
    return layers;
  }

  private static Layer layer(String kind, JsonNode n) {
    int kernel = n.path("kernel").asInt(3);
    int channels = n.path("channels").asInt();
    int stride = n.path("stride").asInt(1);
    int repeat = n.path("repeat").asInt(1);
    Activation activation = Activation.named(n.path("activation").asText("relu"));
    double branch = n.path("branch").asDouble(BRANCH);
    return switch (kind) {
      case "conv" ->
          new Layer.Convolution(
              kernel,
              channels,
              stride,
              n.path("padding").asText("same").equals("same"),
              activation,
              repeat);
      case "separable" -> new Layer.Separable(kernel, channels, stride, activation, repeat);
      case "residual" ->
          new Layer.Residual(
              kernel,
              channels,
              stride,
              activation,
              Layer.Shortcut.valueOf(
                  n.path("shortcut").asText("projection").toUpperCase(Locale.ROOT)),
              branch,
              n.path("activationFirst").asBoolean(false),
              repeat);
      case "inverted" ->
          new Layer.Inverted(
              kernel, channels, stride, n.path("expansion").asInt(4), activation, branch, repeat);
      case "maxPool", "averagePool" -> {
        int size = n.path("size").asInt(2);
        yield new Layer.Pool(kind.equals("maxPool"), size, n.path("stride").asInt(size));
      }
      case "activate" -> new Layer.Activate(activation);
      case "position" -> new Layer.Position(n.path("waves").asInt(WAVES));
      case "mean" -> new Layer.Mean();
      case "dense" -> new Layer.Dense(n.path("units").asInt(), activation);
      case "classes" -> new Layer.Classes();
      default -> throw new IllegalStateException("the schema let '" + kind + "' through");
    };
  }
}
