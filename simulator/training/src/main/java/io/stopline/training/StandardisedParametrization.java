package io.stopline.training;

import io.stopline.autodiff.TrainableModel.Role;
import io.stopline.autodiff.TrainableModel.WeightTensor;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Scaled weight standardisation. Free parameters stand where the weights stand that they become;
 * the gains follow behind the last of them, channel after channel.
 */
final class StandardisedParametrization implements Parametrization {

  /** Keeps the division finite (Brock et al. 2021, appendix D). */
  private static final double EPSILON = 1e-4;

  /** Squared length of a channel at the start: what He's initialisation has. */
  private static final double START = 2;

  /** For directions where the given weights have none. */
  private static final long SEED = 0x5354444e;

  /**
   * One output channel.
   *
   * @param first place of its first value
   * @param step from one value to the next
   * @param count of values
   * @param gain place of its gain among the free parameters
   * @param centred whether its mean is taken out
   */
  private record Channel(int first, int step, int count, int gain, boolean centred) {

    double mean(float[] v) {
      if (!centred) {
        return 0;
      }
      double sum = 0;
      for (int i = 0, at = first; i < count; i++, at += step) {
        sum += v[at];
      }
      return sum / count;
    }

    double square(float[] v, double mean) {
      double sum = 0;
      for (int i = 0, at = first; i < count; i++, at += step) {
        double centre = v[at] - mean;
        sum += centre * centre;
      }
      return sum;
    }
  }

  private final int weights;
  private final int size;
  private final List<Channel> channels = new ArrayList<>();
  private final BitSet biases = new BitSet();

  StandardisedParametrization(List<WeightTensor> tensors, int weights, int classes) {
    this.weights = weights;
    WeightTensor last = null;
    for (WeightTensor tensor : tensors) {
      last = tensor.role() == Role.BIAS ? last : tensor;
    }
    int gain = weights;
    for (WeightTensor tensor : tensors) {
      if (tensor.role() == Role.BIAS) {
        biases.set(tensor.offset(), tensor.offset() + tensor.size());
      }
      boolean depthwise = tensor.role() == Role.DEPTHWISE_FILTER;
      boolean logits = tensor.equals(last) && tensor.outputs() == classes;
      if (!depthwise && (tensor.role() != Role.FILTER || logits)) {
        continue;
      }
      int outputs = tensor.outputs();
      int count = tensor.size() / outputs;
      for (int c = 0; c < outputs; c++) {
        int first = tensor.offset() + (depthwise ? c : c * count);
        channels.add(new Channel(first, depthwise ? outputs : 1, count, gain++, !depthwise));
      }
    }
    this.size = gain;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void weights(float[] free, float[] weights) {
    System.arraycopy(free, 0, weights, 0, this.weights);
    for (Channel channel : channels) {
      double mean = channel.mean(free);
      double factor = free[channel.gain] / Math.sqrt(channel.square(free, mean) + EPSILON);
      for (int i = 0, at = channel.first; i < channel.count; i++, at += channel.step) {
        weights[at] = (float) (factor * (free[at] - mean));
      }
    }
  }

  @Override
  public void free(float[] weights, float[] free) {
    System.arraycopy(weights, 0, free, 0, this.weights);
    for (Channel channel : channels) {
      double length = Math.sqrt(channel.square(weights, channel.mean(weights)));
      if (length == 0) {
        // A channel that begins at 0 must still have a direction to grow in.
        RandomStream random = new RandomStream(RandomStream.derive(SEED, channel.gain));
        for (int i = 0, at = channel.first; i < channel.count; i++, at += channel.step) {
          free[at] = (float) random.nextGaussian();
        }
      }
      // All channels start equally long, so that they turn equally fast.
      double mean = channel.mean(free);
      double square = channel.square(free, mean);
      double factor = square == 0 ? 0 : Math.sqrt(START / square);
      for (int i = 0, at = channel.first; i < channel.count; i++, at += channel.step) {
        free[at] = (float) (factor * (free[at] - mean));
      }
      free[channel.gain] = (float) (length * Math.sqrt((START + EPSILON) / START));
    }
  }

  @Override
  public void pullBack(float[] free, float[] weightGradient, float[] freeGradient) {
    System.arraycopy(weightGradient, 0, freeGradient, 0, weights);
    for (Channel channel : channels) {
      double mean = channel.mean(free);
      double inverse = 1 / Math.sqrt(channel.square(free, mean) + EPSILON);
      double along = 0;
      double sum = 0;
      for (int i = 0, at = channel.first; i < channel.count; i++, at += channel.step) {
        along += weightGradient[at] * (free[at] - mean) * inverse;
        sum += weightGradient[at];
      }
      // The centred values sum to 0, so the mean of the whole is that of the first part.
      double centre = channel.centred ? sum / channel.count : 0;
      double factor = free[channel.gain] * inverse;
      for (int i = 0, at = channel.first; i < channel.count; i++, at += channel.step) {
        double direction = (free[at] - mean) * inverse;
        freeGradient[at] = (float) (factor * (weightGradient[at] - centre - direction * along));
      }
      freeGradient[channel.gain] = (float) along;
    }
  }

  @Override
  public boolean decays(int i) {
    return i < weights && !biases.get(i);
  }
}
