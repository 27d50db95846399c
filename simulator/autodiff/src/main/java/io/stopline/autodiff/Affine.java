package io.stopline.autodiff;

/**
 * Sums of products with constants, one a row, as compressed sparse rows.
 *
 * @param start where each row begins in {@code index} and {@code weight}; one more than rows
 * @param index of inputs
 * @param weight of inputs
 * @param bias one a row
 */
@SuppressWarnings("ArrayRecordComponent") // shared, never written to
record Affine(int[] start, int[] index, float[] weight, double[] bias) {

  /** Numbers that a file's layers may have together; beyond it bounds would take minutes. */
  static final int MOST = 60_000_000;

  int rows() {
    return bias.length;
  }

  /** Terms of the longest row. */
  int longest() {
    int most = 0;
    for (int r = 0; r < rows(); r++) {
      most = Math.max(most, start[r + 1] - start[r]);
    }
    return most;
  }

  /** Collects rows one after the other. */
  static final class Builder {
    private final int[] start;
    private final double[] bias;
    private int[] index = new int[1024];
    private float[] weight = new float[1024];
    private int used;
    private int row;

    Builder(int rows) {
      start = new int[rows + 1];
      bias = new double[rows];
    }

    void term(int input, double w) {
      if (w == 0) {
        return;
      }
      if (used == index.length) {
        if (used > MOST) {
          throw new UnusableModelException(
              "the model has more than %d products in one layer, for which bounds would take minutes an image; certify a smaller net"
                  .formatted(MOST));
        }
        index = java.util.Arrays.copyOf(index, 2 * used);
        weight = java.util.Arrays.copyOf(weight, 2 * used);
      }
      index[used] = input;
      weight[used++] = (float) w;
    }

    void end(double b) {
      bias[row++] = b;
      start[row] = used;
    }

    Affine done() {
      return new Affine(
          start, java.util.Arrays.copyOf(index, used), java.util.Arrays.copyOf(weight, used), bias);
    }
  }
}
