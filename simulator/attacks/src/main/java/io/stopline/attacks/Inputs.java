package io.stopline.attacks;

import io.stopline.autodiff.ImageShape;

/**
 * A batch to attack. The arrays are shared: attacks never write to them.
 *
 * @param images NHWC, 0..1
 * @param labels right class of each
 * @param ids what each input is called for the length of a run; its random draws come from it, so
 *     that a result does not depend on which inputs share a batch
 */
@SuppressWarnings("ArrayRecordComponent") // a batch is too large to copy
public record Inputs(ImageShape shape, float[] images, int[] labels, long[] ids) {
  public Inputs {
    if (images.length != labels.length * shape.size() || ids.length != labels.length) {
      throw new IllegalArgumentException(
          "%d labels and %d ids for %d values of %s"
              .formatted(labels.length, ids.length, images.length, shape));
    }
  }

  /** How many. */
  public int count() {
    return labels.length;
  }

  /** Those of the rows, in their order, copied. */
  public Inputs rows(int[] rows) {
    int size = shape.size();
    float[] some = new float[rows.length * size];
    int[] someLabels = new int[rows.length];
    long[] someIds = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(images, rows[i] * size, some, i * size, size);
      someLabels[i] = labels[rows[i]];
      someIds[i] = ids[rows[i]];
    }
    return new Inputs(shape, some, someLabels, someIds);
  }
}
