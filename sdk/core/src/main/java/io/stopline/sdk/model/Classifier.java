package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image classifier around a {@link VisionModel}: one image in, one score a class out. Callers
 * write 1×H×W×3 with red first, whatever the model itself reads ({@link RgbInput}). Belongs to one
 * thread at a time. Allocates nothing when it classifies.
 */
public final class Classifier implements CropModel {

  /** What the numbers in the output tensor are. */
  public enum OutputKind {
    PROBABILITIES,
    LOGITS
  }

  private final String name;
  private final String sha256;
  private final VisionModel model;
  private final InputEncoding encoding;
  private final OutputKind outputKind;
  private final TensorSpec input;
  private final TensorSpec output;
  private final ByteBuffer inputBytes;
  private final ByteBuffer outputBytes;
  private final int classes;
  private final @Nullable LocalOutput local;

  /** A classifier that gives one vector of scores and nothing beside it. */
  public Classifier(
      String name,
      String sha256,
      VisionModel model,
      InputEncoding encoding,
      OutputKind outputKind) {
    this(name, sha256, model, encoding, outputKind, null);
  }

  /**
   * Takes ownership of the model.
   *
   * @param name as the bundle's manifest says
   * @param sha256 of the model file, lower-case hexadecimal
   * @param local the map of local scores that is the model's second output ({@link
   *     LocalScores#readable}); null: it has one output
   * @throws IllegalArgumentException if the model is not one image in ({@link ImageLayout}), one
   *     score vector out, or its outputs are not as said
   */
  public Classifier(
      String name,
      String sha256,
      VisionModel model,
      InputEncoding encoding,
      OutputKind outputKind,
      @Nullable LocalScores local) {
    this.name = name;
    this.sha256 = sha256;
    this.model = RgbInput.of(model, encoding.channels());
    this.encoding = encoding;
    this.outputKind = outputKind;
    this.input = this.model.inputs().get(0);
    this.output = model.outputs().get(0);
    List<Integer> in = input.shape();
    List<Integer> out = output.shape();
    if (model.inputs().size() != 1 || in.size() != 4 || in.get(0) != 1 || in.get(3) != 3) {
      throw new IllegalArgumentException(
          "model '%s' takes %s; a classifier takes one image, 1×H×W×3"
              .formatted(name, model.inputs()));
    }
    this.classes = output.elements();
    int outputs = local == null ? 1 : 2;
    if (model.outputs().size() != outputs || classes < 2 || !out.contains(classes)) {
      throw new IllegalArgumentException(
          "model '%s' gives %s; a classifier gives one vector of at least two class scores"
              .formatted(name, model.outputs()));
    }
    this.inputBytes = this.model.input(0).order(ByteOrder.nativeOrder());
    this.outputBytes = model.output(0).order(ByteOrder.nativeOrder());
    this.local = local == null ? null : localOutput(name, local, model);
  }

  private static LocalOutput localOutput(String name, LocalScores local, VisionModel model) {
    TensorSpec map = local.output() == 1 ? model.outputs().get(1) : null;
    if (map == null
        || !map.shape().equals(List.of(1, local.height(), local.width(), local.classes()))) {
      throw new IllegalArgumentException(
          "model '%s' does not give its map of %d×%d local scores as its second output"
              .formatted(name, local.height(), local.width()));
    }
    return new LocalOutput(name, local, map, model.output(1).order(ByteOrder.nativeOrder()));
  }

  @Override
  public @Nullable LocalOutput local() {
    return local;
  }

  @Override
  public String name() {
    return name;
  }

  /** SHA-256 of the model file. */
  @Override
  public String sha256() {
    return sha256;
  }

  /** Width of the model's input, px. */
  public int inputWidth() {
    return input.shape().get(2);
  }

  /** Height of the model's input, px. */
  public int inputHeight() {
    return input.shape().get(1);
  }

  /** Number of classes. */
  @Override
  public int classes() {
    return classes;
  }

  @Override
  public TensorSpec inputSpec() {
    return input;
  }

  @Override
  public InputEncoding encoding() {
    return encoding;
  }

  /** Where it really runs. */
  @Override
  public String delegate() {
    return model.delegate();
  }

  @Override
  public int nothing() {
    return -1;
  }

  @Override
  public boolean keepsAspect() {
    return false;
  }

  /** A classifier does not ask for the place. */
  @Override
  public void classify(double[] place, float[] probabilities) {
    classify(probabilities);
  }

  /** The input tensor's own memory, to be filled before {@link #classify}. */
  @Override
  public ByteBuffer input() {
    return inputBytes;
  }

  /**
   * Runs the model on what {@link #input()} holds.
   *
   * @param probabilities receives one probability a class, 0..1
   * @throws InferenceException if the runtime fails or the output is not finite
   */
  public void classify(float[] probabilities) {
    if (probabilities.length != classes) {
      throw new IllegalArgumentException(
          "model '%s' has %d classes, the array has room for %d"
              .formatted(name, classes, probabilities.length));
    }
    model.invoke();
    for (int i = 0; i < classes; i++) {
      float value =
          switch (output.type()) {
            case FLOAT32 -> outputBytes.getFloat(4 * i);
            case UINT8 ->
                (float) (output.scale() * ((outputBytes.get(i) & 0xff) - output.zeroPoint()));
            case INT8 -> (float) (output.scale() * (outputBytes.get(i) - output.zeroPoint()));
          };
      if (!Float.isFinite(value)) {
        throw new InferenceException(
            "model '%s' gave a score that is not finite for class %d".formatted(name, i));
      }
      probabilities[i] = value;
    }
    if (outputKind == OutputKind.LOGITS) {
      softmax(probabilities);
    }
  }

  private static void softmax(float[] logits) {
    float max = Float.NEGATIVE_INFINITY;
    for (float v : logits) {
      max = Math.max(max, v);
    }
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.exp(logits[i] - max);
      sum += logits[i];
    }
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (logits[i] / sum);
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
