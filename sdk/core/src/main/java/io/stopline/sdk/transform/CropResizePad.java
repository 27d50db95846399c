package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Resizes the view by a random factor and puts it at a random place: below 1 the rest is padded
 * (Xie et al. 2018, "Mitigating Adversarial Effects Through Randomization", section 3), above 1 a
 * random window is cropped and rescaled (Guo et al. 2018, "Countering Adversarial Images using
 * Input Transformations", section 3).
 *
 * <p>A draw: scale; left and top edge of the resized view as fractions of the output's side
 * (negative when cropped); red, green and blue of the padding.
 *
 * @param minimumScale side of the resized view over side of the output, 0.1..8
 * @param maximumScale at least {@code minimumScale}, at most 8
 * @param fill what the padding looks like
 */
public record CropResizePad(double minimumScale, double maximumScale, Fill fill)
    implements GeometricTransform {

  /**
   * @throws IllegalArgumentException if the range is empty or leaves 0.1..8
   */
  public CropResizePad {
    Ranges.ordered("crop-resize-pad", "scale", minimumScale, maximumScale, 0.1, 8);
  }

  @Override
  public String name() {
    return "crop-resize-pad";
  }

  @Override
  public int parameters() {
    return 6;
  }

  @Override
  public int fillOffset() {
    return 3;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    double scale = random.uniform(minimumScale, maximumScale);
    into[offset] = scale;
    // Free room is 1 − scale; when it is negative, the same formula places the crop window.
    into[offset + 1] = (1 - scale) * random.nextDouble();
    into[offset + 2] = (1 - scale) * random.nextDouble();
    fill.draw(random, into, offset + 3);
  }

  @Override
  public void compose(double[] parameters, int offset, Homography map) {
    double inverse = 1 / parameters[offset];
    double x = (1 - 2 * parameters[offset + 1]) * inverse - 1;
    double y = (1 - 2 * parameters[offset + 2]) * inverse - 1;
    map.multiply(inverse, 0, x, 0, inverse, y, 0, 0, 1);
  }
}
