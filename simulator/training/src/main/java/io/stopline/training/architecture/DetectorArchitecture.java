package io.stopline.training.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.autodiff.ImageShape;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A small fully convolutional detector: depthwise separable stages that halve the map, the way back
 * up to a quarter of the image's size, and there a heat map a kind of object and a box a place. It
 * has no batch normalisation. Images go in as −1..1. What stands at a place does not depend on how
 * large the image is, so it is trained on small crops and used on whole frames. Immutable and
 * thread-safe.
 *
 * @param name for people
 * @param input of the file that is used: height and width are multiples of {@link #coarsest()}
 * @param kinds of objects, each with a heat map; at least 1
 * @param stem channels of the first convolution, which halves the image
 * @param stages each halves the map; the first of them has a quarter of the image's size
 * @param topDown channels on the way back, one a stage, the last stage first
 * @param head channels before the heat map and the boxes
 */
public record DetectorArchitecture(
    String name,
    ImageShape input,
    int kinds,
    int stem,
    List<Stage> stages,
    List<Integer> topDown,
    int head) {

  /** Pixels from one place of the heat map to the next. */
  public static final int STRIDE = 4;

  /** Numbers of a box: offset of its middle from the place's middle and logarithm of its sides. */
  public static final int BOX = 4;

  private static final String SCHEMA = "detector.schema.json";
  private static final int MAX_BYTES = 1 << 16;
  private static final SchemaCheck CHECK = new SchemaCheck(DetectorArchitecture.class, SCHEMA);

  /**
   * Blocks at one size of the map.
   *
   * @param channels of each
   * @param blocks the first halves the map, the others are residual
   */
  public record Stage(int channels, int blocks) {}

  /**
   * @throws InvalidArchitectureException if the parts do not fit together
   */
  public DetectorArchitecture {
    stages = List.copyOf(stages);
    topDown = List.copyOf(topDown);
    if (stages.isEmpty() || topDown.size() != stages.size()) {
      throw new InvalidArchitectureException(
          "detector '%s' has %d stages and %d steps back; give one step back a stage"
              .formatted(name, stages.size(), topDown.size()));
    }
    int coarsest = 2 << stages.size();
    if (input.height() % coarsest != 0 || input.width() % coarsest != 0) {
      throw new InvalidArchitectureException(
          "detector '%s' takes %d×%d px; with %d stages both sides must be multiples of %d px"
              .formatted(name, input.width(), input.height(), stages.size(), coarsest));
    }
  }

  /** Pixels from one place of the smallest map to the next. */
  public int coarsest() {
    return 2 << stages.size();
  }

  /**
   * Reads and checks a YAML file.
   *
   * @throws InvalidArchitectureException if it cannot be read, is no YAML, breaks the schema or
   *     makes no detector; the message says on which line, and the cure
   */
  public static DetectorArchitecture read(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw new InvalidArchitectureException(
          "detector architecture '%s' cannot be read (%s); name a YAML file and check its permissions"
              .formatted(file, e.getMessage()),
          e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new InvalidArchitectureException(
          "detector architecture '%s' has more than %d bytes; is it an architecture?"
              .formatted(file, MAX_BYTES));
    }
    List<Problem> problems = new ArrayList<>();
    YamlTree tree = YamlTree.parse(bytes, problems);
    if (problems.isEmpty()) {
      problems.addAll(CHECK.problems(tree));
    }
    if (!problems.isEmpty()) {
      throw Architecture.invalid(file.toString(), problems);
    }
    JsonNode root = tree.root();
    List<Stage> stages = new ArrayList<>();
    for (JsonNode stage : root.path("stages")) {
      stages.add(new Stage(stage.path("channels").asInt(), stage.path("blocks").asInt(1)));
    }
    List<Integer> topDown = new ArrayList<>();
    root.path("topDown").forEach(channels -> topDown.add(channels.asInt()));
    return new DetectorArchitecture(
        root.path("name").asText(String.valueOf(file.getFileName())),
        new ImageShape(root.path("input").path(0).asInt(), root.path("input").path(1).asInt(), 3),
        root.path("kinds").asInt(1),
        root.path("stem").asInt(),
        stages,
        topDown,
        root.path("head").asInt());
  }

  /** The JSON Schema (2020-12) that the files keep. */
  public static String schema() {
    try (InputStream in = DetectorArchitecture.class.getResourceAsStream(SCHEMA)) {
      if (in == null) {
        throw new IllegalStateException(SCHEMA + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The file to learn with: crops go in, one tensor of raw numbers comes out, 1 × height/{@value
   * #STRIDE} × width/{@value #STRIDE} × (kinds + {@value #BOX}), logits of the heat first. The same
   * seed gives the same bytes.
   *
   * @param crop size of the crops, multiples of {@link #coarsest()}
   */
  public byte[] learning(ImageShape crop, long seed) {
    return with(crop).graph(seed, Map.of(), true);
  }

  /**
   * The file to learn on with: as {@link #learning(ImageShape, long)}, with the weights of a
   * detector. That one may know fewer kinds: the further ones begin afresh.
   *
   * @param detector a file that {@link #using} made
   * @throws InvalidArchitectureException if its weights are not those of this architecture
   */
  public byte[] learning(ImageShape crop, byte[] detector) {
    Map<String, float[]> weights = FileWeights.of(detector);
    Map<String, float[]> fresh = FileWeights.of(with(crop).graph(0, Map.of(), true));
    for (String name : DetectorGraph.OF_KINDS) {
      weights.computeIfPresent(name, (n, known) -> filledUp(known, fresh.get(n)));
    }
    return with(crop).graph(0, weights, true);
  }

  /** Known values, and behind them those that a fresh model has there. */
  private static float[] filledUp(float[] known, float @Nullable [] fresh) {
    if (fresh == null || known.length >= fresh.length) {
      return known;
    }
    float[] all = fresh.clone();
    System.arraycopy(known, 0, all, 0, known.length);
    return all;
  }

  /**
   * The file to use: whole frames go in; {@code heat} (1 × height/{@value #STRIDE} × width/{@value
   * #STRIDE} × kinds, probabilities) and {@code boxes} (… × {@value #BOX}) come out.
   *
   * @param learnt a file that {@link #learning} made and training filled; its weights are taken
   * @throws InvalidArchitectureException if its weights are not those of this architecture
   */
  public byte[] using(byte[] learnt) {
    return graph(0, FileWeights.of(learnt), false);
  }

  /** The same for images of another size. */
  public DetectorArchitecture with(ImageShape other) {
    return new DetectorArchitecture(name, other, kinds, stem, stages, topDown, head);
  }

  /** The same for so many kinds of objects. */
  public DetectorArchitecture withKinds(int number) {
    return new DetectorArchitecture(name, input, number, stem, stages, topDown, head);
  }

  private byte[] graph(long seed, Map<String, float[]> weights, boolean learning) {
    DetectorGraph graph = new DetectorGraph(name, seed);
    graph.give(weights);
    return graph.file(this, input, learning);
  }
}
