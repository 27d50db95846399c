package io.stopline.training;

import io.stopline.autodiff.TrainableModel;

/**
 * What an optimiser moves, and how the weights of the file follow from it. A pure function without
 * memory: the free parameters alone say everything, so a checkpoint needs to keep nothing else.
 * Arrays are the caller's; nothing big is allocated by a call. Safe for use by several threads.
 */
public interface Parametrization {

  /** Number of free parameters. */
  int size();

  /**
   * The model's weights that free parameters stand for.
   *
   * @param free {@link #size()} values
   * @param weights receives {@link TrainableModel#weights()} values
   */
  void weights(float[] free, float[] weights);

  /**
   * Free parameters that stand for given weights, for the start of training.
   *
   * @param weights {@link TrainableModel#weights()} values
   * @param free receives {@link #size()} values
   */
  void free(float[] weights, float[] free);

  /**
   * The chain rule: how the loss changes with each free parameter.
   *
   * @param free {@link #size()} values
   * @param weightGradient how the loss changes with each weight at {@link #weights} of these
   * @param freeGradient receives {@link #size()} values; overwritten, not added to
   */
  void pullBack(float[] free, float[] weightGradient, float[] freeGradient);

  /**
   * Whether weight decay acts on a free parameter: on what is multiplied with activations, not on
   * biases and gains.
   *
   * @param i 0 to {@link #size()} − 1
   */
  boolean decays(int i);

  /**
   * The weights themselves are free: for a model that is trained further, whose weights must be the
   * same at first.
   */
  static Parametrization direct(TrainableModel model) {
    return new DirectParametrization(model.tensors(), model.weights());
  }

  /**
   * Scaled weight standardisation (Brock et al. 2021, "Characterizing signal propagation to close
   * the performance gap in unnormalized ResNets", equation 4): a filter of a convolution is {@code
   * gain · (v − mean(v)) / sqrt(var(v) · fanIn + 1e-4)} for each output channel, {@code v} and the
   * gain being free. Deep nets without batch normalisation become trainable from scratch, and what
   * is written into the file are plain filters.
   *
   * <p>Filters of depthwise convolutions are scaled but keep their mean (weight normalisation,
   * Salimans and Kingma 2016): nine taps whose sum is 0 could not smooth. Biases, matrices and a
   * convolution that makes the logits are free as they are. Starting from given weights, all but
   * the means of full filters are reproduced: for fresh architectures, not for a trained file.
   */
  static Parametrization standardised(TrainableModel model) {
    return new StandardisedParametrization(model.tensors(), model.weights(), model.classes());
  }
}
