package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Weights of a {@code .tflite} file can be differentiated, changed and written back. */
final class TrainableModelTest {
  private static final int COUNT = 40;
  private static final int STEPS = 10;
  private static final int WRONG = 7;

  @Test
  void trainingTeachesNewLabelsAndTheFileKeepsThem() {
    byte[] file = SharedFiles.bytes("models/mobile-float32.tflite");
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      float[] images = SharedData.photographs(COUNT, model.shape());
      float[] weights = new float[model.weights()];
      model.read(weights);
      double before = 0;
      double after = 0;
      for (int step = 0; step <= STEPS; step++) {
        float[] gradient = new float[model.weights()];
        after = gradient(model, images, gradient);
        before = step == 0 ? after : before;
        for (int i = 0; i < weights.length; i++) {
          weights[i] -= 1e-3f * Math.signum(gradient[i]);
        }
        if (step < STEPS) {
          model.write(weights);
        }
      }

      assertThat(after).isLessThan(before / 4);
      float[] logits = new float[COUNT * model.classes()];
      model.logits(images, COUNT, logits);
      float[] written = Reference.outputs(model.file(), InputEncoding.UNIT, images, COUNT);
      double[] expected = Reference.softmax(logits, model.classes());
      for (int i = 0; i < written.length; i++) {
        assertThat((double) written[i]).isCloseTo(expected[i], within(1e-5));
      }
    }
    assertThat(file).isEqualTo(SharedFiles.bytes("models/mobile-float32.tflite"));
  }

  /** Along the gradient itself, where the change is far above single precision. */
  @Test
  void theGradientForetellsTheChange() {
    for (String name : new String[] {"mobile", "res", "local"}) {
      byte[] file = SharedFiles.bytes("models/" + name + "-float32.tflite");
      try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
        float[] images = SharedData.photographs(COUNT, model.shape());
        float[] gradient = new float[model.weights()];
        gradient(model, images, gradient);
        float[] weights = new float[model.weights()];
        model.read(weights);
        double square = 0;
        for (float g : gradient) {
          square += (double) g * g;
        }
        double distance = 1e-4;
        double up = lossAt(model, images, weights, gradient, distance / Math.sqrt(square));
        double down = lossAt(model, images, weights, gradient, -distance / Math.sqrt(square));

        assertThat((up - down) / (2 * distance) / Math.sqrt(square))
            .as(name)
            .isCloseTo(1, within(0.02));
      }
    }
  }

  @Test
  void theLogitsAreTheMeanOfTheLocalScores() {
    byte[] file = SharedFiles.bytes("models/local-float32.tflite");
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      float[] images = SharedData.photographs(COUNT, model.shape());
      int classes = model.classes();
      int places = model.localScores().height() * model.localScores().width();
      float[] cotangent = random(COUNT * classes);
      float[] logits;
      float[] expected = new float[model.weights()];
      try (TrainableModel.Training training = model.train(images, COUNT)) {
        logits = training.logits().clone();
        training.backward(cotangent, expected, null);
      }
      float[] gradient = new float[model.weights()];
      try (TrainableModel.Training training = model.trainLocal(images, COUNT)) {
        float[] map = training.logits();
        assertThat(places).isEqualTo(16 * 16);
        assertThat(map).hasSize(COUNT * places * classes);
        float[] spread = new float[map.length];
        double[] sums = new double[COUNT * classes];
        for (int i = 0; i < map.length; i++) {
          int row = i / (places * classes) * classes + i % classes;
          sums[row] += map[i];
          spread[i] = cotangent[row] / places;
        }
        for (int i = 0; i < sums.length; i++) {
          assertThat(sums[i] / places).isCloseTo(logits[i], within(1e-3));
        }
        training.backward(spread, gradient, null);
      }

      float scale = 0;
      for (float g : expected) {
        scale = Math.max(scale, Math.abs(g));
      }
      assertThat(scale).isPositive();
      assertThat(gradient).containsExactly(expected, within(1e-5f * scale));
    }
  }

  @Test
  void aModelThatEndsInNoMeanHasNoLocalScores() {
    byte[] file = SharedFiles.bytes("models/res-float32.tflite");
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      assertThatThrownBy(model::localScores).isInstanceOf(UnusableModelException.class);
      assertThatThrownBy(() -> model.trainLocal(new float[model.shape().size()], 1))
          .isInstanceOf(UnusableModelException.class)
          .hasMessageContaining("ends in FULLY_CONNECTED, not in the mean of a map");
    }
  }

  @Test
  void pixelsGetTheGradientThatAttacksGet() {
    byte[] file = SharedFiles.bytes("models/res-float32.tflite");
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT);
        DifferentiableModel other = TfliteModels.open(file, InputEncoding.UNIT)) {
      float[] images = SharedData.photographs(COUNT, model.shape());
      float[] cotangent = random(COUNT * model.classes());
      float[] pixels = new float[images.length];
      float[] recorded = new float[images.length];
      float[] expected = new float[images.length];
      float[] alone = new float[model.weights()];
      try (TrainableModel.Training training = model.train(images, COUNT)) {
        training.backward(cotangent, alone, null);
      }
      // The first time the model does not expect to be asked, the second time it does.
      float[] first = new float[images.length];
      float[] weights = new float[model.weights()];
      try (TrainableModel.Training training = model.train(images, COUNT)) {
        training.backward(cotangent, weights, first);
      }
      assertThat(weights).isEqualTo(alone);
      float[] again = new float[model.weights()];
      try (TrainableModel.Training training = model.train(images, COUNT)) {
        training.backward(cotangent, again, pixels);
      }
      assertThat(again).isEqualTo(alone);
      assertThat(pixels).isEqualTo(first);
      try (DifferentiableModel.Recording recording = model.record(images, COUNT)) {
        recording.backward(cotangent, recorded);
      }
      try (DifferentiableModel.Recording recording = other.record(images, COUNT)) {
        recording.backward(cotangent, expected);
      }
      assertThat(pixels).containsExactly(expected, within(1e-4f));
      assertThat(recorded).containsExactly(expected, within(1e-4f));
    }
  }

  @Test
  void gradientsAreAddedAndTheSameEachTime() {
    byte[] file = SharedFiles.bytes("models/mobile-float32.tflite");
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      float[] images = SharedData.photographs(COUNT, model.shape());
      float[] once = new float[model.weights()];
      gradient(model, images, once);
      float[] twice = new float[model.weights()];
      gradient(model, images, twice);
      // An attack in between leaves nothing behind.
      try (DifferentiableModel.Recording recording = model.record(images, COUNT)) {
        recording.backward(random(COUNT * model.classes()), new float[images.length]);
      }
      assertThat(twice).isEqualTo(once);
      gradient(model, images, twice);
      for (int i = 0; i < once.length; i++) {
        assertThat(twice[i]).isCloseTo(2 * once[i], within(1e-5f + 1e-5f * Math.abs(once[i])));
      }
    }
  }

  @Test
  void quantisedFilesHaveNothingToTrain() {
    byte[] file = SharedFiles.bytes("models/mobile-int8.tflite");
    assertThatThrownBy(() -> TfliteModels.openTrainable(file, InputEncoding.UNIT))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("float32");
  }

  private static double lossAt(
      TrainableModel model, float[] images, float[] weights, float[] direction, double factor) {
    float[] moved = new float[weights.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = (float) (weights[i] + factor * direction[i]);
    }
    model.write(moved);
    return gradient(model, images, new float[weights.length]);
  }

  /** Mean cross-entropy towards one label for all; adds its gradient. */
  private static double gradient(TrainableModel model, float[] images, float[] gradient) {
    try (TrainableModel.Training training = model.train(images, COUNT)) {
      double[] p = Reference.softmax(training.logits(), model.classes());
      float[] cotangent = new float[p.length];
      double loss = 0;
      for (int i = 0; i < p.length; i++) {
        boolean label = i % model.classes() == WRONG;
        cotangent[i] = (float) (p[i] - (label ? 1 : 0)) / COUNT;
        loss -= label ? Math.log(p[i]) / COUNT : 0;
      }
      training.backward(cotangent, gradient, null);
      return loss;
    }
  }

  private static float[] random(int size) {
    Random random = new Random(3);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
