package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;

/**
 * Between the axes of the file and those of PyTorch's image functions. Views: a convolution whose
 * input was permuted to NCHW finds it channels-last in memory, or not, as the pass began.
 */
final class Layout {
  private Layout() {}

  static NDArray nchw(NDArray nhwc) {
    return nhwc.transpose(0, 3, 1, 2);
  }

  static NDArray nhwc(NDArray nchw) {
    return nchw.transpose(0, 2, 3, 1);
  }
}
