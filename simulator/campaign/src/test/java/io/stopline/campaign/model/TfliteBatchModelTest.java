package io.stopline.campaign.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.Victim;
import io.stopline.attacks.query.NoiseBaseline;
import io.stopline.attacks.query.SquareAttack;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.LogitsTap;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.UnusableModelException;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TfliteBatchModelTest {

  private static final int COUNT = 11;

  @ParameterizedTest
  @ValueSource(strings = {"mobile-float32", "local-int8"})
  void itsScoresAreTheLogitsBehindWhatTheShippedModelSays(String name) throws IOException {
    byte[] file = model(name + ".tflite");
    float[] images = testImages();
    try (TfliteBatchModel batch = TfliteBatchModel.open(name, file, InputEncoding.UNIT, 2);
        TfLiteModel shipped = TfLiteModel.load(name, file, RuntimeOptions.defaults())) {
      int classes = batch.classes();
      float[] logits = new float[COUNT * classes];
      batch.logits(images, COUNT, logits);
      boolean quantised = shipped.inputs().get(0).type() != ElementType.FLOAT32;
      float[] probabilities = new float[classes];
      Classifier classifier =
          new Classifier(
              name, "", shipped, InputEncoding.UNIT, Classifier.OutputKind.PROBABILITIES);
      for (int i = 0; i < COUNT; i++) {
        fill(classifier, images, i * batch.shape().size(), quantised);
        classifier.classify(probabilities);
        // The int8 softmax of TensorFlow Lite answers in steps of 1/256.
        assertThat(softmax(logits, i * classes, classes))
            .containsExactly(probabilities, within(quantised ? 0.005f : 1e-6f));
      }
      assertThat(batch.tellsLogits()).isTrue();
    }
  }

  @Test
  void itAgreesWithTheRebuiltModelAndWithItselfOnAnyNumberOfThreads() throws IOException {
    byte[] file = model("res-float32.tflite");
    float[] images = testImages();
    try (TfliteBatchModel one = TfliteBatchModel.open("res", file, InputEncoding.UNIT, 1);
        TfliteBatchModel three = TfliteBatchModel.open("res", file, InputEncoding.UNIT, 3);
        DifferentiableModel rebuilt = TfliteModels.open(file, InputEncoding.UNIT)) {
      float[] alone = new float[COUNT * one.classes()];
      float[] together = new float[alone.length];
      float[] twin = new float[alone.length];
      one.logits(images, COUNT, alone);
      three.logits(images, COUNT, together);
      rebuilt.logits(images, COUNT, twin);
      assertThat(together).isEqualTo(alone);
      assertThat(twin).containsExactly(alone, within(1e-3f));
    }
  }

  @Test
  void aModelWithoutSoftmaxAtItsEndIsReadAsItIs() throws IOException {
    byte[] tapped = LogitsTap.of(model("mobile-float32.tflite")).file();
    LogitsTap again = LogitsTap.of(tapped);
    assertThat(again.found()).isFalse();
    assertThat(again.file()).isEqualTo(tapped);
    try (TfliteBatchModel batch = TfliteBatchModel.open("m", tapped, InputEncoding.UNIT, 1)) {
      assertThat(batch.tellsLogits()).isTrue();
    }
  }

  @Test
  void otherEncodingsReachTheModelAsTheyReachTheGuard() throws IOException {
    byte[] file = model("mobile-float32.tflite");
    InputEncoding centred =
        new InputEncoding(-1, 1, List.of(0.1, 0.2, 0.3), List.of(1.0, 2.0, 4.0));
    float[] images = testImages();
    float[] encoded = new float[images.length];
    for (int k = 0; k < images.length; k++) {
      encoded[k] = (float) centred.real(255.0 * images[k], k % 3);
    }
    try (TfliteBatchModel plain = TfliteBatchModel.open("m", file, InputEncoding.UNIT, 1);
        TfliteBatchModel other = TfliteBatchModel.open("m", file, centred, 1)) {
      float[] expected = new float[COUNT * plain.classes()];
      float[] actual = new float[expected.length];
      plain.logits(encoded, COUNT, expected);
      other.logits(images, COUNT, actual);
      assertThat(actual).containsExactly(expected, within(1e-4f));
    }
  }

  @Test
  void refusesWhatIsNoClassifier() throws IOException {
    byte[] file = model("mobile-float32.tflite");
    assertThatThrownBy(
            () ->
                TfliteBatchModel.open(
                    "m", Arrays.copyOf(file, file.length / 2), InputEncoding.UNIT, 1))
        .isInstanceOf(UnusableModelException.class);
    assertThatThrownBy(() -> TfliteBatchModel.open("m", file, InputEncoding.UNIT, 0))
        .hasMessageContaining("threads is 0; give 1 to 64");
  }

  @Test
  void squareBreaksARealModelWhereNoiseDoesNot() throws IOException {
    byte[] file = model("mobile-float32.tflite");
    try (TfliteBatchModel batch = TfliteBatchModel.open("m", file, InputEncoding.UNIT, 2)) {
      float[] images = testImages();
      float[] logits = new float[COUNT * batch.classes()];
      batch.logits(images, COUNT, logits);
      int[] labels = new int[COUNT];
      long[] ids = new long[COUNT];
      for (int i = 0; i < COUNT; i++) {
        labels[i] = ModelVictim.answer(logits, i * batch.classes(), batch.classes());
        ids[i] = i;
      }
      Inputs inputs = new Inputs(batch.shape(), images, labels, ids);
      Victim victim = ModelVictim.withoutGradients(batch);
      PixelBudget budget = new PixelBudget(Norm.LINF, 16.0 / 255, true);
      Attack.Outcome square =
          new SquareAttack(budget, OptionalInt.empty(), 400, 0.8, false)
              .attack(victim, inputs, Run.of(1));
      Attack.Outcome noise = new NoiseBaseline(budget, 20, true).attack(victim, inputs, Run.of(1));
      budget.assertWithin(inputs, square.images());
      budget.assertWithin(inputs, noise.images());
      assertThat(count(square.success())).isGreaterThan(COUNT / 2);
      assertThat(count(noise.success())).isLessThan(count(square.success()) / 2);
      // What it calls a success is one when it is asked again.
      batch.logits(square.images(), COUNT, logits);
      for (int i = 0; i < COUNT; i++) {
        int answer = ModelVictim.answer(logits, i * batch.classes(), batch.classes());
        assertThat(answer != labels[i]).isEqualTo(square.success()[i]);
      }
    }
  }

  private static int count(boolean[] flags) {
    int count = 0;
    for (boolean flag : flags) {
      count += flag ? 1 : 0;
    }
    return count;
  }

  private static void fill(Classifier classifier, float[] images, int from, boolean quantised) {
    ByteBuffer input = classifier.input();
    for (int k = 0; k < classifier.inputSpec().elements(); k++) {
      if (quantised) {
        input.put(k, (byte) Math.round(images[from + k] * 255));
      } else {
        input.putFloat(4 * k, images[from + k]);
      }
    }
  }

  private static float[] softmax(float[] logits, int from, int classes) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      max = Math.max(max, logits[from + c]);
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp(logits[from + c] - max);
    }
    float[] probabilities = new float[classes];
    for (int c = 0; c < classes; c++) {
      probabilities[c] = (float) (Math.exp(logits[from + c] - max) / sum);
    }
    return probabilities;
  }

  private static byte[] model(String file) {
    return SharedFiles.bytes("models/" + file);
  }

  private static float[] testImages() {
    List<Sample> samples =
        Dataset.open(SharedFiles.path("data/gtsrb")).split("test").samples().subList(0, COUNT);
    float[] images = new float[COUNT * 32 * 32 * 3];
    int k = 0;
    for (Sample sample : samples) {
      Image image = sample.image();
      for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 32; x++) {
          for (int c = 0; c < 3; c++) {
            images[k++] = (image.data()[image.index(x, y) + c] & 0xff) / 255f;
          }
        }
      }
    }
    return images;
  }
}
