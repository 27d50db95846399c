package io.stopline.training.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.TrainableModel;
import io.stopline.training.Batch;
import io.stopline.training.method.Losses.Rows;
import org.junit.jupiter.api.Test;

/** What the methods ask of a model: that a pass stays whole under others. */
final class OnePassTest {

  @Test
  void aPassStaysWholeUnderRecordingsAndAnotherPass() {
    try (TrainableModel model = Signs.model("mobile")) {
      int count = 6;
      Batch batch = Signs.batch(count, 0, model.shape());
      Batch other = Signs.batch(count, 1, model.shape());
      int classes = model.classes();

      float[] alone = new float[model.weights()];
      for (Batch each : new Batch[] {batch, other}) {
        try (TrainableModel.Training pass = model.train(each.images(), count)) {
          float[] cotangent = new float[count * classes];
          Losses.crossEntropy(
              Rows.of(pass.logits(), count, classes), each.labels(), 0, 1, cotangent);
          pass.backward(cotangent, alone, null);
        }
      }

      float[] under = new float[model.weights()];
      float[] first = new float[count * classes];
      float[] second = new float[count * classes];
      try (TrainableModel.Training pass = model.train(batch.images(), count)) {
        float[] slope = new float[count * model.shape().size()];
        try (DifferentiableModel.Recording recording = model.record(other.images(), count)) {
          recording.backward(first, slope);
        }
        try (TrainableModel.Training inner = model.train(other.images(), count)) {
          Losses.crossEntropy(Rows.of(pass.logits(), count, classes), batch.labels(), 0, 1, first);
          Losses.crossEntropy(
              Rows.of(inner.logits(), count, classes), other.labels(), 0, 1, second);
          pass.backward(first, under, null);
          inner.backward(second, under, null);
        }
      }

      double scale = 0;
      for (float value : alone) {
        scale = Math.max(scale, Math.abs(value));
      }
      assertThat(scale).isPositive();
      assertThat(under).containsExactly(alone, within((float) (1e-5 * scale)));
    }
  }
}
