package io.stopline.sdk.model;

import java.util.List;

/**
 * Which cells of a map inside a model each pixel of its input can change, derived from the strides,
 * kernels, dilations and paddings of the operators in between. What it does not name stays the same
 * to the bit, whatever the pixel becomes, as long as the runtime computes each cell from its own
 * field alone.
 *
 * @param rows along the height
 * @param columns along the width
 */
public record ReceptiveField(Axis rows, Axis columns) {

  /**
   * One axis.
   *
   * @param reach for each pixel, the cells that it can change
   * @param cells how many cells there are
   */
  public record Axis(List<Span> reach, int cells) {
    public Axis {
      reach = List.copyOf(reach);
    }

    /** Number of pixels. */
    public int pixels() {
      return reach.size();
    }

    /** The cells that pixels can change. */
    public Span cellsOf(Span pixels) {
      Span all = Span.EMPTY;
      for (int i = Math.max(0, pixels.first()); i <= Math.min(pixels() - 1, pixels.last()); i++) {
        all = all.hull(reach.get(i));
      }
      return all;
    }

    /** The most cells that so many pixels beside each other can change, wherever they begin. */
    public int mostCellsOf(int side) {
      int most = 0;
      for (int first = 0; first <= pixels() - side; first++) {
        most = Math.max(most, cellsOf(Span.of(first, side)).length());
      }
      return most;
    }

    /** The pixels that change these cells at most; of several such parts the hull. */
    public Span pixelsWithin(Span cells) {
      Span all = Span.EMPTY;
      for (int i = 0; i < pixels(); i++) {
        if (!reach.get(i).isEmpty() && cells.covers(reach.get(i))) {
          all = all.hull(new Span(i, i));
        }
      }
      return all;
    }

    /** The most pixels that one cell looks at. */
    public int side() {
      int most = 0;
      for (int cell = 0; cell < cells; cell++) {
        Span seen = Span.EMPTY;
        for (int i = 0; i < pixels(); i++) {
          if (reach.get(i).covers(new Span(cell, cell))) {
            seen = seen.hull(new Span(i, i));
          }
        }
        most = Math.max(most, seen.length());
      }
      return most;
    }
  }

  /**
   * Derives it.
   *
   * @param file for which {@link ModelFile#problem} and {@link ModelStructure#problem} are empty,
   *     with one image, 1×H×W×C, as its input
   * @param tensor the map, 1×h×w×K
   * @throws IllegalArgumentException naming the operator by which a pixel may change every cell, or
   *     of which that is not known
   */
  public static ReceptiveField of(byte[] file, int tensor) {
    return new ReceptiveFieldReader(file, tensor).read();
  }
}
