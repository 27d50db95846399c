package io.stopline.training.method;

import io.stopline.sdk.random.RandomStream;

/**
 * Something that is drawn at random and put onto an image. Looks at one image at a time. Belongs to
 * one thread.
 */
interface Alteration {

  /** How many numbers say what it is. */
  int parameters();

  /** Draws one. */
  void draw(RandomStream random, double[] theta);

  /**
   * The image that comes next, and where its loss is steep.
   *
   * @param images NHWC, 0..1; the image begins at {@code at}, its gradient too
   */
  void look(float[] images, float[] gradient, int at);

  /** How much the loss grows to first order. */
  double gain(double[] theta);

  /**
   * Puts it onto the image that was looked at.
   *
   * @param into receives the whole image from {@code to} on
   */
  void paint(double[] theta, float[] into, int to);
}
