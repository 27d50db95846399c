package io.stopline.campaign.certify;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.List;

/**
 * What the views of a picture hide, and with it where a square patch can do most. Immutable and
 * thread-safe.
 */
final class PatchCover {

  /** Places that views hide equally well are told apart by the gradient under the whole patch. */
  private static final double WHOLE = 1e-3;

  private final List<Region> hidden;
  private final ImageShape shape;

  /**
   * @param hidden the part of the picture that each view hides, px; at least one
   */
  PatchCover(List<Region> hidden, ImageShape shape) {
    this.hidden = List.copyOf(hidden);
    this.shape = shape;
  }

  /** Whether one of the views hides a whole patch. */
  boolean covers(int top, int left, int side) {
    return hidden.stream().anyMatch(view -> overlap(view, top, left, side) == side * side);
  }

  private static int overlap(Region view, int top, int left, int side) {
    int height = Math.min(top + side, view.y() + view.height()) - Math.max(top, view.y());
    int width = Math.min(left + side, view.x() + view.width()) - Math.max(left, view.x());
    return Math.max(0, height) * Math.max(0, width);
  }

  /** Side of the largest patch that some view hides wherever it lies, px. */
  int side() {
    int largest = Math.min(shape.height(), shape.width());
    int side = 0;
    while (side < largest && coversAll(side + 1)) {
      side++;
    }
    return side;
  }

  private boolean coversAll(int side) {
    for (int top = 0; top <= shape.height() - side; top++) {
      for (int left = 0; left <= shape.width() - side; left++) {
        if (!covers(top, left, side)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * The places where a patch does most: where the view that hides it best leaves most of the
   * gradient under it in sight. None lies within half a patch of a better one.
   *
   * @param gradient of one picture, HWC, from {@code from} on
   * @return top and left of each, the best first
   */
  List<int[]> best(float[] gradient, int from, int side, int count) {
    double[][] integral = integral(gradient, from);
    int rows = shape.height() - side + 1;
    int columns = shape.width() - side + 1;
    double[][] sums = new double[rows][columns];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        double whole = sum(integral, y, x, y + side, x + side);
        double seen = whole;
        for (Region view : hidden) {
          seen = Math.min(seen, whole - under(integral, view, y, x, side));
        }
        sums[y][x] = seen + WHOLE * whole;
      }
    }
    List<int[]> places = new ArrayList<>();
    while (places.size() < count) {
      int[] best = null;
      double most = -1;
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
          int top = y;
          int left = x;
          if (sums[y][x] > most
              && places.stream()
                  .noneMatch(
                      p -> 2 * Math.abs(p[0] - top) <= side && 2 * Math.abs(p[1] - left) <= side)) {
            most = sums[y][x];
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

  /** Magnitudes of all pixels above and to the left. */
  private double[][] integral(float[] gradient, int from) {
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
    return integral;
  }

  private static double under(double[][] integral, Region view, int y, int x, int side) {
    int top = Math.max(y, view.y());
    int left = Math.max(x, view.x());
    int bottom = Math.min(y + side, view.y() + view.height());
    int right = Math.min(x + side, view.x() + view.width());
    return top < bottom && left < right ? sum(integral, top, left, bottom, right) : 0;
  }

  private static double sum(double[][] integral, int top, int left, int bottom, int right) {
    return integral[bottom][right]
        - integral[top][right]
        - integral[bottom][left]
        + integral[top][left];
  }
}
