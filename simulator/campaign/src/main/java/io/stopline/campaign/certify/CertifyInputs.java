package io.stopline.campaign.certify;

import io.stopline.attacks.Inputs;
import io.stopline.autodiff.ImageShape;
import io.stopline.campaign.robustness.AttackData;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.sdk.model.ImageLayout;
import java.util.Arrays;
import java.util.List;

/**
 * The inputs of a run.
 *
 * @param inputs pixels of the model's size; ids are positions in the split
 * @param samples one an input
 * @param resized how many images were not of that size
 */
public record CertifyInputs(Inputs inputs, List<Sample> samples, int resized) {

  public CertifyInputs {
    samples = List.copyOf(samples);
  }

  /**
   * Reads images.
   *
   * @param numbers which of the split, positions in it
   */
  public static CertifyInputs of(Split split, List<Integer> numbers, ModelReading model) {
    ImageLayout layout = model.layout();
    AttackData data =
        AttackData.of(split.samples(), numbers, new ImageShape(layout.height(), layout.width(), 3));
    return new CertifyInputs(
        data.inputs(), numbers.stream().map(split.samples()::get).toList(), data.resized());
  }

  /** One picture, copied. */
  float[] image(int row) {
    int size = inputs.shape().size();
    return Arrays.copyOfRange(inputs.images(), row * size, (row + 1) * size);
  }
}
