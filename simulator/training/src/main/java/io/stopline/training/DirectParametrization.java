package io.stopline.training;

import io.stopline.autodiff.TrainableModel.Role;
import io.stopline.autodiff.TrainableModel.WeightTensor;
import java.util.BitSet;
import java.util.List;

/** The weights are the free parameters. */
final class DirectParametrization implements Parametrization {
  private final int size;
  private final BitSet biases = new BitSet();

  DirectParametrization(List<WeightTensor> tensors, int size) {
    this.size = size;
    for (WeightTensor tensor : tensors) {
      if (tensor.role() == Role.BIAS) {
        biases.set(tensor.offset(), tensor.offset() + tensor.size());
      }
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void weights(float[] free, float[] weights) {
    System.arraycopy(free, 0, weights, 0, size);
  }

  @Override
  public void free(float[] weights, float[] free) {
    System.arraycopy(weights, 0, free, 0, size);
  }

  @Override
  public void pullBack(float[] free, float[] weightGradient, float[] freeGradient) {
    System.arraycopy(weightGradient, 0, freeGradient, 0, size);
  }

  @Override
  public boolean decays(int i) {
    return !biases.get(i);
  }
}
