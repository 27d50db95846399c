package io.stopline.campaign.track;

/**
 * How a row of pixels is brought to another length: as the guard's own resampling does with no
 * transform, the mean of whole boxes and then linearly between their middles, edges repeated.
 * Immutable.
 */
final class Axis {

  /** For each output pixel the first input pixel that it takes part of. */
  final int[] first;

  /** For each output pixel the weights of input pixels from the first one on; their sum is 1. */
  final float[][] weights;

  /**
   * @param in pixels, at least 1
   * @param out pixels, at least 1
   */
  Axis(int in, int out) {
    first = new int[out];
    weights = new float[out][];
    int box = (int) Math.max(1, Math.min(in, Math.rint((double) in / out)));
    int boxes = (in + box - 1) / box;
    double length = (double) in / box;
    for (int o = 0; o < out; o++) {
      double at = (o + 0.5) * length / out - 0.5;
      int low = (int) Math.floor(at);
      double share = at - low;
      int a = Math.max(0, Math.min(boxes - 1, low));
      int b = Math.max(0, Math.min(boxes - 1, low + 1));
      int from = a * box;
      int end = Math.min(in, (b + 1) * box);
      float[] w = new float[end - from];
      spread(w, 0, Math.min(in, (a + 1) * box) - from, 1 - share);
      spread(w, b * box - from, end - from, share);
      first[o] = from;
      weights[o] = w;
    }
  }

  private static void spread(float[] w, int from, int end, double share) {
    for (int i = from; i < end; i++) {
      w[i] += (float) (share / (end - from));
    }
  }
}
