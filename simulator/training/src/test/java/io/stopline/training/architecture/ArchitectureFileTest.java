package io.stopline.training.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an architecture writes runs in TensorFlow Lite and can be trained. */
final class ArchitectureFileTest {

  private static final int COUNT = 3;

  /** Every kind of layer and setting that the built-in ones leave out. */
  private static final String EVERYTHING =
      """
      input: [24, 20, 3]
      classes: 5
      scaleInput: false
      layers:
        - conv: {kernel: 5, channels: 12, padding: valid, activation: none}
        - activate: {activation: relu6}
        - maxPool: {size: 2}
        - inverted: {channels: 12, expansion: 2, repeat: 2}
        - residual: {channels: 16, stride: 2, activationFirst: true, repeat: 2}
        - residual: {channels: 16, shortcut: average, stride: 2, branch: 0.5}
        - averagePool: {size: 2, stride: 1}
        - separable: {kernel: 3, channels: 24, activation: relu}
        - position: {waves: 3}
        - activate: {}
        - mean: {}
        - dense: {units: 10}
        - classes: {}
      """;

  @TempDir Path folder;

  static Iterable<String> names() {
    return Architecture.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void builtInOnesRunInTensorFlowLiteAndCanBeTrained(String name) {
    Architecture architecture = Architecture.named(name);

    assertThat(architecture.classes()).isEqualTo(43);
    assertThat(architecture.input()).isEqualTo(new ImageShape(32, 32, 3));
    agree(architecture);
  }

  @Test
  void everyKindOfLayerRunsInTensorFlowLiteAndCanBeTrained() throws IOException {
    Architecture architecture = Architecture.read(write(EVERYTHING));

    assertThat(architecture.name()).isEqualTo("own");
    // A kind of layer that is added shows here until reader, width and depth, and graph know it
    assertThat(architecture.layers().stream().map(Object::getClass).distinct())
        .containsExactlyInAnyOrder(Layer.class.getPermittedSubclasses());
    agree(architecture);
  }

  /** Scores of both engines; a gradient reaches every weight; XNNPACK takes every operator. */
  private static void agree(Architecture architecture) {
    byte[] file = architecture.file(7);
    int size = architecture.input().size();
    int classes = architecture.classes();
    RandomStream random = new RandomStream(1);
    float[] images = new float[COUNT * size];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble();
    }
    float[] logits = new float[COUNT * classes];
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      float[] gradient = new float[model.weights()];
      try (TrainableModel.Training pass = model.train(images, COUNT)) {
        System.arraycopy(pass.logits(), 0, logits, 0, logits.length);
        float[] cotangent = new float[logits.length];
        for (int i = 0; i < cotangent.length; i++) {
          cotangent[i] = (float) random.nextGaussian();
        }
        pass.backward(cotangent, gradient, null);
      }
      for (TrainableModel.WeightTensor tensor : model.tensors()) {
        float[] part =
            Arrays.copyOfRange(gradient, tensor.offset(), tensor.offset() + tensor.size());
        assertThat(part).as(tensor.name()).containsAnyOf(nonZero(part));
      }
    }
    try (TfLiteModel model =
        TfLiteModel.load("it", file, RuntimeOptions.defaults().withBatch(COUNT))) {
      assertThat(model.nodes().cpu()).isZero();
      model.input(0).asFloatBuffer().put(images);
      model.invoke();
      float[] probabilities = new float[COUNT * classes];
      model.output(0).asFloatBuffer().get(probabilities);
      for (int n = 0; n < COUNT; n++) {
        double sum = 0;
        for (int c = 0; c < classes; c++) {
          sum += Math.exp(logits[n * classes + c] - logits[n * classes]);
        }
        for (int c = 0; c < classes; c++) {
          double expected = Math.exp(logits[n * classes + c] - logits[n * classes]) / sum;
          assertThat((double) probabilities[n * classes + c]).isCloseTo(expected, within(1e-5));
        }
      }
    }
  }

  private static float[] nonZero(float[] values) {
    for (float v : values) {
      if (v != 0) {
        return new float[] {v};
      }
    }
    return new float[] {Float.NaN};
  }

  @Test
  void theSeedMakesTheWeights() {
    Architecture architecture = Architecture.named("local");

    assertThat(architecture.file(1)).isEqualTo(architecture.file(1));
    assertThat(architecture.file(1)).isNotEqualTo(architecture.file(2));
  }

  /** Neither vanish nor explode: what comes out of an untrained deep net is of the order of 1. */
  @Test
  void initialScoresAreOfTheOrderOfOne() {
    byte[] file = Architecture.named("residual").scaled(1, 4).file(3);
    float[] images = new float[32 * 32 * 3 * 8];
    RandomStream random = new RandomStream(5);
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble();
    }
    float[] logits = new float[8 * 43];
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      model.logits(images, 8, logits);
    }
    double square = 0;
    for (float logit : logits) {
      square += logit * logit;
    }
    assertThat(Math.sqrt(square / logits.length)).isBetween(0.05, 10.0);
  }

  @Test
  void widthAndDepthAndClassesCanBeChanged() {
    Architecture architecture = Architecture.named("residual");
    int usual = architecture.file(1).length;

    assertThat(architecture.scaled(2, 1).file(1).length).isGreaterThan(3 * usual);
    assertThat(architecture.scaled(1, 2).file(1).length).isGreaterThan(3 * usual / 2);
    agree(architecture.scaled(0.5, 1).with(new ImageShape(16, 16, 3), 4));
  }

  /** A deeper net of a trained one says at first what that one says. */
  @Test
  void aDeeperNetBeginsWithTheWeightsOfTheFileThatItNames() throws IOException {
    Files.write(folder.resolve("small.tflite"), grown("", 1).file(3));
    Architecture deeper = grown("weights: small.tflite", 3);

    assertThat(deeper.grown()).isTrue();
    assertThat(grown("", 1).grown()).isFalse();
    byte[] file = deeper.file(7);
    assertThat(file.length)
        .isGreaterThan(Files.readAllBytes(folder.resolve("small.tflite")).length);
    float[] images = new float[16 * 16 * 3];
    RandomStream random = new RandomStream(5);
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble();
    }
    float[] small = logits(Files.readAllBytes(folder.resolve("small.tflite")), images);
    assertThat(logits(file, images)).containsExactly(small, within(1e-4f));
    assertThat(logits(grown("", 3).file(7), images)).isNotEqualTo(small);
  }

  @Test
  void weightsThatDoNotFitAreRefused() throws IOException {
    Files.write(folder.resolve("small.tflite"), grown("", 3).file(3));
    assertThatThrownBy(() -> grown("weights: small.tflite", 1))
        .isInstanceOf(InvalidArchitectureException.class)
        .hasMessageContaining("no layer for the given weights 'layer2.2/first/bias'");
    assertThatThrownBy(() -> grown("weights: gone.tflite", 1))
        .hasMessageContaining("gone.tflite', which does not exist");
    Files.writeString(folder.resolve("small.tflite"), "no model at all");
    assertThatThrownBy(() -> grown("weights: small.tflite", 3))
        .hasMessageContaining("is no .tflite file");
  }

  private Architecture grown(String weights, int repeat) throws IOException {
    Path file = folder.resolve("net%d.yaml".formatted(repeat));
    Files.writeString(
        file,
        """
        input: [16, 16, 3]
        classes: 5
        %s
        layers:
          - conv: {kernel: 3, channels: 8, stride: 2}
          - residual: {channels: 12, repeat: %d, branch: 0.000001}
          - mean: {}
          - classes: {}
        """
            .formatted(weights, repeat));
    return Architecture.read(file);
  }

  private static float[] logits(byte[] file, float[] images) {
    float[] logits = new float[5];
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      model.logits(images, 1, logits);
    }
    return logits;
  }

  @Test
  void theLocalOneSeesNinePixels() {
    assertThat(Architecture.named("local").receptiveField()).isEqualTo(9);
    assertThat(Architecture.named("mobile").receptiveField()).isGreaterThan(32);
  }

  @Test
  void mistakesAreToldWithLineAndCure() {
    assertThatThrownBy(
            () ->
                Architecture.read(
                    write("classes: 1\nlayers:\n  - conv: {kernels: 3, channels: 8}\n")))
        .isInstanceOf(InvalidArchitectureException.class)
        .hasMessageContaining(":1: 'classes' is 1, but must be at least 2")
        .hasMessageContaining(":3: key 'kernels' is unknown; did you mean 'kernel'?");
    assertThatThrownBy(() -> Architecture.read(write("classes: 3\nlayers:\n  - mean: {}\n")))
        .hasMessageContaining("no 'classes' layer");
    assertThatThrownBy(
            () ->
                Architecture.read(
                    write("classes: 3\nlayers: [{mean: {}}, {conv: {channels: 4}}]\n")))
        .hasMessageContaining("layer 2 needs a map");
    assertThatThrownBy(() -> Architecture.read(write("classes: 3\nlayers: [{classes: {}}]\n")))
        .hasMessageContaining("add 'mean' behind it");
    assertThatThrownBy(
            () ->
                Architecture.read(
                    write(
                        "classes: 3\nlayers: [{conv: {channels: 8}}, {position: {waves: 3}}, {mean: {}}, {classes: {}}]\n")))
        .hasMessageContaining("layer 2 adds 3 waves to 8 channels");
    assertThatThrownBy(() -> Architecture.of("rezidual"))
        .hasMessageContaining("mobile, residual, local");
    assertThatThrownBy(() -> Architecture.read(folder.resolve("absent.yaml")))
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> Architecture.named("mobile").with(new ImageShape(1, 1, 3), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("own.yaml"), yaml);
  }
}
