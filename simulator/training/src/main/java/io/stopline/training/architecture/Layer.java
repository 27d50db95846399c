package io.stopline.training.architecture;

/** One entry of an architecture's list; all numbers are above 0. */
sealed interface Layer {

  /** What becomes of the input of a residual block on its way around the block. */
  enum Shortcut {
    /** A 1×1 convolution with the block's stride. */
    PROJECTION,
    /** The mean of stride × stride pixels, then a 1×1 convolution if the channels change. */
    AVERAGE
  }

  /**
   * A convolution.
   *
   * @param kernel side of the filter, px
   * @param same whether the border is filled with zeros, so that only the stride shrinks the map
   * @param repeat how many of them; only the first has the stride
   */
  record Convolution(
      int kernel, int channels, int stride, boolean same, Activation activation, int repeat)
      implements Layer {}

  /** A depthwise convolution and a 1×1 convolution behind it (Howard et al. 2017, MobileNets). */
  record Separable(int kernel, int channels, int stride, Activation activation, int repeat)
      implements Layer {}

  /**
   * Two convolutions and a way around them (He et al. 2016).
   *
   * @param shortcut where stride or channels change; else the way around is the input itself
   * @param branch by which the initial weights of the second convolution are multiplied
   * @param before whether activations stand before the convolutions and none behind the sum (He et
   *     al. 2016b, "Identity mappings")
   */
  record Residual(
      int kernel,
      int channels,
      int stride,
      Activation activation,
      Shortcut shortcut,
      double branch,
      boolean before,
      int repeat)
      implements Layer {}

  /**
   * Widen, filter each channel, narrow, and a way around it where the shape stays (Sandler et al.
   * 2018, MobileNetV2).
   *
   * @param expansion how many times wider the middle is
   * @param branch as for {@link Residual}, where there is a way around
   */
  record Inverted(
      int kernel,
      int channels,
      int stride,
      int expansion,
      Activation activation,
      double branch,
      int repeat)
      implements Layer {}

  /** The largest or the mean value of each window. */
  record Pool(boolean largest, int size, int stride) implements Layer {}

  /** An activation of its own. */
  record Activate(Activation activation) implements Layer {}

  /**
   * Adds to the last channels a fixed code of where a place is: sines and cosines of its row and
   * column (Vaswani et al. 2017). It widens no receptive field.
   *
   * @param waves of 1/2, 1, 2, … turns over the map, four channels each
   */
  record Position(int waves) implements Layer {}

  /** The mean over all places. */
  record Mean() implements Layer {}

  /** A fully connected layer behind the mean. */
  record Dense(int units, Activation activation) implements Layer {}

  /** A score a class: fully connected behind the mean, else a 1×1 convolution at each place. */
  record Classes() implements Layer {}
}
