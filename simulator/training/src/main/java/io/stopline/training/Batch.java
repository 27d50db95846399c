package io.stopline.training;

/**
 * Labelled images for one training step. The arrays are reused for the next batch: a method may
 * read them until it returns, and writes to none of them.
 *
 * @param images NHWC, 0..1, augmented; at least {@code count} of them
 * @param labels class indices, one an image
 * @param ids which image of the training data each one is, the same in every epoch; what is drawn
 *     for an image is drawn for its id, so that it does not depend on its neighbours
 * @param targets what else the model should say of each image, as many numbers for every image;
 *     what they mean is the source's and the method's affair; empty for classifiers
 * @param count images in this batch, at least 1
 */
@SuppressWarnings("ArrayRecordComponent")
public record Batch(float[] images, int[] labels, long[] ids, float[] targets, int count) {

  /** A batch for a classifier. */
  public Batch(float[] images, int[] labels, long[] ids, int count) {
    this(images, labels, ids, new float[0], count);
  }
}
