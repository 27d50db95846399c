package io.stopline.sdk.certificate;

import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.TensorSpec;
import java.nio.ByteBuffer;

/**
 * Sums of a map of any type and size outside windows, and outside pairs of windows, in 32 bits.
 * Belongs to one thread at a time; allocates nothing after construction.
 */
final class PlainSums implements WindowSums {

  /** Sums stay below this, so that a difference of two fits an int. */
  private static final long MOST = 1L << 29;

  private final Windows windows;
  private final TensorSpec map;
  private final int height;
  private final int width;
  private final int classes;
  private final int[] groupOf;
  private final float perUnit;
  private final int[] cells;
  private final int[] integral;
  private final int[] kept;

  PlainSums(Windows windows, TensorSpec map, Groups groups) {
    this.windows = windows;
    this.map = map;
    height = windows.scores().height();
    width = windows.scores().width();
    classes = windows.scores().classes();
    groupOf = groups.of().stream().mapToInt(Integer::intValue).toArray();
    int area = height * width;
    if (area > MOST / WindowScores.LIMIT) {
      throw new IllegalArgumentException(
          "a map of %d×%d cells is too large for sums in 32 bits".formatted(height, width));
    }
    perUnit = perUnit(map.type(), area);
    cells = new int[area * classes];
    integral = new int[(height + 1) * (width + 1) * classes];
    kept = new int[windows.count() * classes];
  }

  /** By what a real local score is multiplied before it is rounded; 1 for those that are not. */
  static float perUnit(ElementType type, int area) {
    return type == ElementType.FLOAT32 ? Math.scalb(1f, 29 - 9 - bits(area)) : 1;
  }

  /** The least b with area ≤ 2^b. */
  private static int bits(int area) {
    return 32 - Integer.numberOfLeadingZeros(area - 1);
  }

  /**
   * @throws InferenceException if a local score is not a number
   */
  @Override
  public void read(ByteBuffer local) {
    copy(local);
    integrate();
    for (int w = 0; w < windows.count(); w++) {
      keep(w);
    }
  }

  private void copy(ByteBuffer local) {
    switch (map.type()) {
      case INT8 -> {
        for (int i = 0; i < cells.length; i++) {
          cells[i] = local.get(i) - map.zeroPoint();
        }
      }
      case UINT8 -> {
        for (int i = 0; i < cells.length; i++) {
          cells[i] = (local.get(i) & 0xff) - map.zeroPoint();
        }
      }
      case FLOAT32 -> {
        for (int i = 0; i < cells.length; i++) {
          float value = local.getFloat(4 * i);
          if (Float.isNaN(value)) {
            throw new InferenceException("a local score of the map is not a number");
          }
          float limit = WindowScores.LIMIT;
          // Math.round, which compilers do not know as well.
          cells[i] =
              (int) Math.floor((double) (Math.min(limit, Math.max(-limit, value)) * perUnit) + 0.5);
        }
      }
    }
  }

  /** Sums of all cells above and to the left; the first row and column stay 0. */
  private void integrate() {
    int line = (width + 1) * classes;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int cell = (y * width + x) * classes;
        int at = (y + 1) * line + (x + 1) * classes;
        for (int c = 0; c < classes; c++) {
          integral[at + c] =
              cells[cell + c]
                  + integral[at - line + c]
                  + integral[at - classes + c]
                  - integral[at - line - classes + c];
        }
      }
    }
  }

  /** Where the sums of all cells above and to the left stand. */
  private int corner(int row, int column) {
    return (row * (width + 1) + column) * classes;
  }

  /** What is left without a window. */
  private void keep(int w) {
    int all = corner(height, width);
    int top = windows.top(w);
    int left = windows.left(w);
    int a = corner(top, left);
    int b = corner(top, left + windows.width());
    int d = corner(top + windows.height(), left);
    int e = corner(top + windows.height(), left + windows.width());
    int to = w * classes;
    for (int c = 0; c < classes; c++) {
      kept[to + c] =
          integral[all + c] - integral[e + c] + integral[b + c] + integral[d + c] - integral[a + c];
    }
  }

  @Override
  public int leader(int window) {
    int from = window * classes;
    int best = groupOf[0];
    int most = kept[from];
    for (int c = 1; c < classes; c++) {
      int value = kept[from + c];
      if (value > most || (value == most && groupOf[c] < best)) {
        most = value;
        best = groupOf[c];
      }
    }
    return best;
  }

  @Override
  public void leads(int group, int[] result) {
    for (int w = 0; w < result.length; w++) {
      int own = Integer.MIN_VALUE;
      int others = Integer.MIN_VALUE;
      int from = w * classes;
      for (int c = 0; c < classes; c++) {
        if (groupOf[c] == group) {
          own = Math.max(own, kept[from + c]);
        } else {
          others = Math.max(others, kept[from + c]);
        }
      }
      result[w] = own - others;
    }
  }

  /** What is left of each class without both windows. */
  void keptWithout(int w, int v, int[] result) {
    int all = corner(height, width);
    int top = Math.max(windows.top(w), windows.top(v));
    int left = Math.max(windows.left(w), windows.left(v));
    int bottom = Math.min(windows.top(w), windows.top(v)) + windows.height();
    int right = Math.min(windows.left(w), windows.left(v)) + windows.width();
    boolean meet = top < bottom && left < right;
    int a = meet ? corner(top, left) : 0;
    int b = meet ? corner(top, right) : 0;
    int d = meet ? corner(bottom, left) : 0;
    int e = meet ? corner(bottom, right) : 0;
    for (int c = 0; c < classes; c++) {
      int both = integral[e + c] - integral[b + c] - integral[d + c] + integral[a + c];
      result[c] = kept[w * classes + c] + kept[v * classes + c] - integral[all + c] + both;
    }
  }
}
