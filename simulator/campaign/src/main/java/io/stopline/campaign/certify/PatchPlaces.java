package io.stopline.campaign.certify;

import io.stopline.autodiff.ImageShape;
import java.util.ArrayList;
import java.util.List;

/** Where a square patch does most, by the size of gradients under it. Stateless. */
final class PatchPlaces {

  private PatchPlaces() {}

  /**
   * The places with the largest sums of magnitudes; none lies within half a patch of a better one.
   *
   * @param gradient of one picture, HWC, from {@code from} on
   * @return top and left of each, the best first
   */
  static List<int[]> best(float[] gradient, int from, ImageShape shape, int side, int count) {
    int height = shape.height() - side + 1;
    int width = shape.width() - side + 1;
    double[][] integral = new double[shape.height() + 1][shape.width() + 1];
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        double sum = 0;
        for (int c = 0; c < shape.channels(); c++) {
          sum += Math.abs(gradient[from + (y * shape.width() + x) * shape.channels() + c]);
        }
        integral[y + 1][x + 1] = sum + integral[y][x + 1] + integral[y + 1][x] - integral[y][x];
      }
    }
    List<int[]> places = new ArrayList<>();
    while (places.size() < count) {
      int[] best = null;
      double most = -1;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double sum =
              integral[y + side][x + side]
                  - integral[y][x + side]
                  - integral[y + side][x]
                  + integral[y][x];
          int top = y;
          int left = x;
          if (sum > most
              && places.stream()
                  .noneMatch(
                      p -> 2 * Math.abs(p[0] - top) <= side && 2 * Math.abs(p[1] - left) <= side)) {
            most = sum;
            best = new int[] {y, x};
          }
        }
      }
      if (best == null) {
        break;
      }
      places.add(best);
    }
    return places;
  }
}
