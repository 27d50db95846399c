package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Paints over a random rectangle (Zhong et al. 2020, "Random Erasing Data Augmentation", algorithm
 * 1, with one colour a rectangle instead of one a pixel). A rectangle that would be longer than the
 * view is cut to it, where the paper draws again.
 *
 * <p>A draw: left, top, width and height as fractions of the view's sides; red, green, blue.
 *
 * @param minimumArea smallest share of the view's area, 0..0.9
 * @param maximumArea at least {@code minimumArea}, at most 0.9
 * @param maximumAspect largest ratio of the longer side to the shorter, 1..10
 * @param fill what the rectangle looks like
 */
public record RandomErasing(double minimumArea, double maximumArea, double maximumAspect, Fill fill)
    implements SpatialTransform {

  /**
   * @throws IllegalArgumentException if a parameter leaves its range
   */
  public RandomErasing {
    Ranges.ordered("random-erasing", "area", minimumArea, maximumArea, 0, 0.9);
    Ranges.inside("random-erasing", "maximum aspect", maximumAspect, 1, 10);
  }

  @Override
  public String name() {
    return "random-erasing";
  }

  @Override
  public int parameters() {
    return 7;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    double area = random.uniform(minimumArea, maximumArea);
    double aspect = random.uniform(1, maximumAspect);
    boolean lying = random.nextDouble() < 0.5;
    double longer = Math.min(1, Math.sqrt(area * aspect));
    double shorter = Math.min(1, Math.sqrt(area / aspect));
    double width = lying ? longer : shorter;
    double height = lying ? shorter : longer;
    into[offset] = (1 - width) * random.nextDouble();
    into[offset + 1] = (1 - height) * random.nextDouble();
    into[offset + 2] = width;
    into[offset + 3] = height;
    fill.draw(random, into, offset + 4);
  }

  @Override
  public void apply(
      double[] parameters,
      int offset,
      RandomStream noise,
      int[] pixels,
      int width,
      int height,
      SpatialScratch scratch) {
    int left = edge(parameters[offset], width);
    int top = edge(parameters[offset + 1], height);
    int right = edge(parameters[offset] + parameters[offset + 2], width);
    int bottom = edge(parameters[offset + 1] + parameters[offset + 3], height);
    int red = (int) parameters[offset + 4];
    int green = (int) parameters[offset + 5];
    int blue = (int) parameters[offset + 6];
    for (int y = top; y < bottom; y++) {
      for (int x = left, i = 3 * (y * width + left); x < right; x++, i += 3) {
        pixels[i] = red;
        pixels[i + 1] = green;
        pixels[i + 2] = blue;
      }
    }
  }

  private static int edge(double fraction, int side) {
    return Math.min(side, (int) (fraction * side + 0.5));
  }
}
