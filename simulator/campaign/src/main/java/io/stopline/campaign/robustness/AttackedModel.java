package io.stopline.campaign.robustness;

import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.UnsupportedOperatorException;
import io.stopline.campaign.model.TfliteBatchModel;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * A {@code .tflite} file opened twice: exactly, with TensorFlow Lite, and rebuilt with gradients if
 * all its operators are known. Attacks without gradients ask TensorFlow Lite; where losses and
 * gradients come from the rebuilt model, it says what is a success. Belongs to one thread.
 */
public final class AttackedModel implements AttackTarget {

  private final String name;
  private final byte[] file;
  private final String sha256;
  private final TensorSpec input;
  private final InputEncoding encoding;
  private final TfliteBatchModel exact;
  private final Victim victim;
  private final String withoutGradients;
  private final Deque<AutoCloseable> opened;

  private AttackedModel(
      String name,
      byte[] file,
      String sha256,
      TensorSpec input,
      InputEncoding encoding,
      TfliteBatchModel exact,
      Victim victim,
      String withoutGradients,
      Deque<AutoCloseable> opened) {
    this.name = name;
    this.file = file;
    this.sha256 = sha256;
    this.input = input;
    this.encoding = encoding;
    this.exact = exact;
    this.victim = victim;
    this.withoutGradients = withoutGradients;
    this.opened = opened;
  }

  /**
   * Opens a model.
   *
   * @param surrogates other models that the attacker has, of the same input and classes
   * @param threads interpreters side by side, at least 1
   * @throws io.stopline.tflite.InvalidModelException if TensorFlow Lite refuses one
   */
  public static AttackedModel open(
      ModelReading reading, List<ModelReading> surrogates, int threads) {
    return open(
        reading.name(), reading.file(), reading.input(), reading.encoding(), surrogates, threads);
  }

  /**
   * Opens a model whose encoding is known, as a bundle's is.
   *
   * @param threads interpreters side by side, at least 1
   * @throws io.stopline.tflite.InvalidModelException if TensorFlow Lite refuses it
   */
  public static AttackedModel open(String name, byte[] file, InputEncoding encoding, int threads) {
    return open(name, file, inputOf(name, file), encoding, List.of(), threads);
  }

  private static AttackedModel open(
      String name,
      byte[] bytes,
      TensorSpec input,
      InputEncoding encoding,
      List<ModelReading> surrogates,
      int threads) {
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    boolean done = false;
    try {
      TfliteBatchModel exact =
          keep(opened, TfliteBatchModel.openAsShipped(name, bytes, encoding, threads));
      TfliteBatchModel queries =
          keep(opened, TfliteBatchModel.open(name, bytes, encoding, threads));
      List<DifferentiableModel> others = new ArrayList<>();
      for (ModelReading surrogate : surrogates) {
        others.add(keep(opened, TfliteModels.open(surrogate.file(), surrogate.encoding())));
      }
      String withoutGradients = "";
      Victim victim;
      try {
        DifferentiableModel twin = keep(opened, TfliteModels.open(bytes, encoding));
        ModelVictim model = ModelVictim.of(twin, queries).withSurrogates(others);
        victim = new ExactVictim(model, exact, input.type() != ElementType.FLOAT32);
      } catch (UnsupportedOperatorException e) {
        withoutGradients = "no gradient through " + String.join(", ", e.operators());
        victim = ModelVictim.withoutGradients(queries).withSurrogates(others);
      }
      AttackedModel model =
          new AttackedModel(
              name,
              bytes,
              Sha256.of(bytes),
              input,
              encoding,
              exact,
              victim,
              withoutGradients,
              opened);
      done = true;
      return model;
    } finally {
      if (!done) {
        close(opened);
      }
    }
  }

  private static TensorSpec inputOf(String name, byte[] bytes) {
    try (TfLiteModel model = TfLiteModel.load(name, bytes, RuntimeOptions.defaults())) {
      return model.inputs().get(0);
    }
  }

  private static <T extends AutoCloseable> T keep(Deque<AutoCloseable> opened, T resource) {
    opened.push(resource);
    return resource;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, String> hashes() {
    return Map.of("model:" + name, sha256);
  }

  /** Bytes of the file. */
  byte[] file() {
    return file;
  }

  /** SHA-256 of the file. */
  public String sha256() {
    return sha256;
  }

  /** What the input tensor holds. */
  public TensorSpec input() {
    return input;
  }

  /** What pixels become. */
  public InputEncoding encoding() {
    return encoding;
  }

  @Override
  public ImageShape shape() {
    return exact.shape();
  }

  @Override
  public int classes() {
    return exact.classes();
  }

  @Override
  public Victim victim() {
    return victim;
  }

  @Override
  public Judge judge() {
    return new ModelJudge(exact);
  }

  @Override
  public String withoutGradients() {
    return withoutGradients;
  }

  @Override
  public void close() {
    close(opened);
  }

  private static void close(Deque<AutoCloseable> opened) {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("a model could not be closed", e);
      }
    }
  }
}
