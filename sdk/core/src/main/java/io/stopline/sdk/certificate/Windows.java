package io.stopline.sdk.certificate;

import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.model.ReceptiveField;
import io.stopline.sdk.model.Span;

/**
 * Windows of one size at every place of a map of local scores, of which each patch of a given side,
 * wherever it sits in the model's input, changes cells of one window at most. A smaller patch, one
 * of another form inside such a square, and one that sticks out of the image are covered too.
 *
 * @param scores the map
 * @param patchSide of the square patch, px of the model's input
 * @param height of a window, cells
 * @param width of a window, cells
 */
public record Windows(LocalScores scores, int patchSide, int height, int width) {

  /**
   * The least windows that cover a patch.
   *
   * @param name what messages call the model
   * @throws IllegalArgumentException if the patch does not fit into the input, or reaches all cells
   *     of the map
   */
  public static Windows covering(String name, LocalScores scores, int patchSide) {
    ReceptiveField field = scores.field();
    int smaller = Math.min(field.rows().pixels(), field.columns().pixels());
    if (patchSide < 1 || patchSide > smaller) {
      throw new IllegalArgumentException(
          "a patch of %d px is not one of model '%s', whose input has %d×%d px; give a side of 1..%d"
              .formatted(
                  patchSide, name, field.columns().pixels(), field.rows().pixels(), smaller));
    }
    int height = Math.max(1, field.rows().mostCellsOf(patchSide));
    int width = Math.max(1, field.columns().mostCellsOf(patchSide));
    if (height >= scores.height() && width >= scores.width()) {
      throw new IllegalArgumentException(
          "a patch of %d px can change all %d×%d local scores of model '%s', each of which sees %d×%d px; give a smaller patch or a model of smaller receptive field"
              .formatted(
                  patchSide,
                  scores.width(),
                  scores.height(),
                  name,
                  field.columns().side(),
                  field.rows().side()));
    }
    return new Windows(scores, patchSide, height, width);
  }

  /** How many rows of windows there are. */
  public int rows() {
    return scores.height() - height + 1;
  }

  /** How many windows there are in a row. */
  public int columns() {
    return scores.width() - width + 1;
  }

  /** How many windows there are; they are numbered row by row. */
  public int count() {
    return rows() * columns();
  }

  /** The first row of cells of a window. */
  public int top(int window) {
    return window / columns();
  }

  /** The first column of cells of a window. */
  public int left(int window) {
    return window % columns();
  }

  /**
   * The part of the model's input, px, that a window hides: what changes no cell outside it. Where
   * there is none, the part that the window lies over.
   */
  public Region hidden(int window) {
    Span rows = hidden(scores.field().rows(), Span.of(top(window), height));
    Span columns = hidden(scores.field().columns(), Span.of(left(window), width));
    return new Region(columns.first(), rows.first(), columns.length(), rows.length());
  }

  private static Span hidden(ReceptiveField.Axis axis, Span cells) {
    Span within = axis.pixelsWithin(cells);
    int first = cells.first() * axis.pixels() / axis.cells();
    return within.isEmpty()
        ? new Span(first, Math.max(first, (cells.last() + 1) * axis.pixels() / axis.cells() - 1))
        : within;
  }

  /** Width of the model's input, px. */
  public int inputWidth() {
    return scores.field().columns().pixels();
  }

  /** Height of the model's input, px. */
  public int inputHeight() {
    return scores.field().rows().pixels();
  }

  /** The patch as a share of the input's area, above 0 and at most 1. */
  public double patchAreaFraction() {
    return (double) patchSide * patchSide / ((double) inputWidth() * inputHeight());
  }
}
