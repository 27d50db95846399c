package io.stopline.training.architecture;

import io.stopline.autodiff.ImageShape;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A small classifier of images from a list of layers, written as a float32 {@code .tflite} file
 * with initial weights. It has no batch normalisation. Images go in as 0..1 (1 × height × width ×
 * channels), probabilities come out (1 × classes); the logits stand before a final softmax.
 * Immutable and thread-safe.
 */
public final class Architecture {

  /** The schema's resource beside this class. */
  static final String SCHEMA = "architecture.schema.json";

  private static final int MAX_BYTES = 1 << 16;
  private static final List<String> NAMES = List.of("mobile", "residual", "local");
  private static final SchemaCheck CHECK = new SchemaCheck(Architecture.class, SCHEMA);

  /** Widths are rounded to a multiple of it, which the kernels of int8 convolutions like. */
  private static final int CHANNEL_STEP = 8;

  private final String name;
  private final ImageShape input;
  private final int classes;
  private final boolean scaled;
  private final double width;
  private final double depth;
  private final List<Layer> layers;
  private final Map<String, float[]> given;

  /**
   * @param given weights by name that {@link #file} takes instead of drawing them
   */
  Architecture(
      String name,
      ImageShape input,
      int classes,
      boolean scaled,
      double width,
      double depth,
      List<Layer> layers,
      Map<String, float[]> given) {
    this.name = name;
    this.input = input;
    this.classes = classes;
    this.scaled = scaled;
    this.width = width;
    this.depth = depth;
    this.layers = List.copyOf(layers);
    this.given = Map.copyOf(given);
  }

  /** Those that are built in: {@code mobile}, {@code residual}, {@code local}. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * One that is built in.
   *
   * @throws InvalidArchitectureException if there is none of that name
   */
  public static Architecture named(String name) {
    if (!NAMES.contains(name)) {
      throw new InvalidArchitectureException(
          "there is no architecture '%s'; give one of %s or a YAML file"
              .formatted(name, String.join(", ", NAMES)));
    }
    return new ArchitectureFile(name + ".yaml", name, CHECK)
        .read(resource(name + ".yaml"), Path.of(""));
  }

  /**
   * Reads and checks a YAML file; {@link #schema} tells its format.
   *
   * @throws InvalidArchitectureException if it cannot be read, is no YAML, breaks the schema or
   *     makes no classifier; the message says on which line, and the cure
   */
  public static Architecture read(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new InvalidArchitectureException(
          "architecture '%s' does not exist; check the path".formatted(file), e);
    } catch (IOException e) {
      throw new InvalidArchitectureException(
          "architecture '%s' cannot be read (%s); name a YAML file and check its permissions"
              .formatted(file, e.getMessage()),
          e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new InvalidArchitectureException(
          "architecture '%s' has more than %d bytes; is it an architecture?"
              .formatted(file, MAX_BYTES));
    }
    String stem = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
    Path folder = file.toAbsolutePath().getParent();
    return new ArchitectureFile(file.toString(), stem, CHECK)
        .read(bytes, folder == null ? Path.of("") : folder);
  }

  /**
   * One that is built in, or else a file.
   *
   * @throws InvalidArchitectureException as for {@link #read}
   */
  public static Architecture of(String nameOrFile) {
    if (NAMES.contains(nameOrFile)) {
      return named(nameOrFile);
    }
    Path file;
    try {
      file = Path.of(nameOrFile);
    } catch (InvalidPathException e) {
      throw new InvalidArchitectureException(
          "'%s' is neither one of %s nor a path".formatted(nameOrFile, String.join(", ", NAMES)),
          e);
    }
    if (!Files.exists(file)) {
      throw new InvalidArchitectureException(
          "'%s' is neither an architecture (%s) nor a file that is there; check the spelling"
              .formatted(nameOrFile, String.join(", ", NAMES)));
    }
    return read(file);
  }

  /** The JSON Schema (2020-12) that the files keep. */
  public static String schema() {
    return new String(resource(SCHEMA), StandardCharsets.UTF_8);
  }

  /**
   * The YAML of one that is built in, to start one's own from.
   *
   * @throws InvalidArchitectureException if there is none of that name
   */
  public static String text(String name) {
    return new String(resource(named(name).name() + ".yaml"), StandardCharsets.UTF_8);
  }

  private static byte[] resource(String resource) {
    try (InputStream in = Architecture.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What messages and model cards call it. */
  public String name() {
    return name;
  }

  /** Size of the images. */
  public ImageShape input() {
    return input;
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** The same for other images and classes; layers that do not fit show in {@link #file}. */
  public Architecture with(ImageShape newInput, int newClasses) {
    if (newClasses < 2) {
      throw new IllegalArgumentException(
          "%d classes; a classifier has at least 2".formatted(newClasses));
    }
    return new Architecture(name, newInput, newClasses, scaled, width, depth, layers, given);
  }

  /**
   * The same, wider or deeper.
   *
   * @param widthFactor times the file's own; all channels are multiplied, to a multiple of 8
   * @param depthFactor times the file's own; all {@code repeat} are multiplied, at least 1
   * @throws IllegalArgumentException if one is not above 0 or above 16
   */
  public Architecture scaled(double widthFactor, double depthFactor) {
    if (!(widthFactor > 0 && widthFactor <= 16 && depthFactor > 0 && depthFactor <= 16)) {
      throw new IllegalArgumentException(
          "width %s and depth %s; give factors above 0, at most 16"
              .formatted(widthFactor, depthFactor));
    }
    return new Architecture(
        name, input, classes, scaled, width * widthFactor, depth * depthFactor, layers, given);
  }

  /** Whether it takes weights of a trained file, see the key {@code weights} of the schema. */
  public boolean grown() {
    return !given.isEmpty();
  }

  /**
   * The {@code .tflite} file with the weights of the file that it names and, where it names none or
   * the layers are new, with initial ones (He et al. 2015; second convolutions of residual blocks
   * smaller by {@code branch}; biases 0). The same seed gives the same bytes.
   *
   * @throws InvalidArchitectureException if a layer does not fit what is before it, or the given
   *     weights do not fit it
   */
  public byte[] file(long seed) {
    ArchitectureGraph graph = new ArchitectureGraph(name, seed);
    graph.give(given);
    return graph.file(input, classes, scaled, sized());
  }

  /**
   * Side of the square of pixels that can reach one place of the map before the mean, px; where it
   * is small, a small patch reaches few places.
   *
   * @throws InvalidArchitectureException as for {@link #file}
   */
  public int receptiveField() {
    ArchitectureGraph graph = new ArchitectureGraph(name, 0);
    graph.file(input, classes, scaled, sized());
    return graph.receptiveField();
  }

  /** The list, as it was read. */
  List<Layer> layers() {
    return layers;
  }

  /** The layers with width and depth applied. */
  private List<Layer> sized() {
    List<Layer> sized = new ArrayList<>();
    for (Layer layer : layers) {
      if (layer instanceof Layer.Convolution l) {
        sized.add(
            new Layer.Convolution(
                l.kernel(),
                channels(l.channels()),
                l.stride(),
                l.same(),
                l.activation(),
                times(l.repeat())));
      } else if (layer instanceof Layer.Separable l) {
        sized.add(
            new Layer.Separable(
                l.kernel(), channels(l.channels()), l.stride(), l.activation(), times(l.repeat())));
      } else if (layer instanceof Layer.Residual l) {
        sized.add(
            new Layer.Residual(
                l.kernel(),
                channels(l.channels()),
                l.stride(),
                l.activation(),
                l.shortcut(),
                l.branch(),
                l.before(),
                times(l.repeat())));
      } else if (layer instanceof Layer.Inverted l) {
        sized.add(
            new Layer.Inverted(
                l.kernel(),
                channels(l.channels()),
                l.stride(),
                l.expansion(),
                l.activation(),
                l.branch(),
                times(l.repeat())));
      } else if (layer instanceof Layer.Dense l) {
        sized.add(new Layer.Dense(channels(l.units()), l.activation()));
      } else if (layer instanceof Layer.Pool
          || layer instanceof Layer.Activate
          || layer instanceof Layer.Position
          || layer instanceof Layer.Mean
          || layer instanceof Layer.Classes) {
        sized.add(layer);
      } else {
        throw new IllegalStateException("nothing says how wide and deep a layer is: " + layer);
      }
    }
    return sized;
  }

  private int channels(int channels) {
    return width == 1
        ? channels
        : (int) Math.max(CHANNEL_STEP, Math.round(channels * width / CHANNEL_STEP) * CHANNEL_STEP);
  }

  /** A single layer (a stem) stays single. */
  private int times(int repeat) {
    return repeat == 1 && depth > 1 ? 1 : (int) Math.max(1, Math.round(repeat * depth));
  }

  /** In the order of lines, as a file's problems are told. */
  static InvalidArchitectureException invalid(String file, List<Problem> problems) {
    return new InvalidArchitectureException(file, YamlTree.inOrder(problems));
  }
}
