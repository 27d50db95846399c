package io.stopline.attacks.physical;

import io.stopline.autodiff.ImageShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Coloured stickers on a mask (RP2: Eykholt et al. 2018, section 3), with what printing costs:
 * colours that cannot be printed, and restless patterns. Parameters: the colour of each cell that
 * the mask touches.
 */
final class StickerPainter implements Painter {

  /** Less than this of a pixel is not worth a sticker. */
  private static final float LEAST = 0.02f;

  /** Rounds the corner of the total variation at 0, so that it has a slope everywhere. */
  private static final double ROUND = 1e-3;

  private final ImageShape shape;
  private final float[] mask;
  private final Ink ink;
  private final Palette palette;
  private final boolean snap;
  private final double nonPrintability;
  private final double variation;

  /** Where each pixel's colour begins; −1 where there is no sticker. */
  private final int[] colourOf;

  private final int colours;

  /** Cells beside or below each other. */
  private final int[][] neighbours;

  private final double covered;

  /**
   * @param mask how much of each pixel is covered
   * @param cell side of a cell of one colour, px, at least 1
   * @param snap whether what is found is made of the palette's colours alone
   * @param nonPrintability weight of the mean non-printability score
   * @param variation weight of the mean total variation
   */
  StickerPainter(
      ImageShape shape,
      float[] mask,
      int cell,
      Ink ink,
      Palette palette,
      boolean snap,
      double nonPrintability,
      double variation) {
    this.shape = shape;
    this.mask = mask;
    this.ink = ink;
    this.palette = palette;
    this.snap = snap;
    this.nonPrintability = nonPrintability;
    this.variation = variation;
    int across = (shape.width() + cell - 1) / cell;
    int down = (shape.height() + cell - 1) / cell;
    int[] colourOfCell = new int[across * down];
    Arrays.fill(colourOfCell, -1);
    this.colourOf = new int[mask.length];
    int count = 0;
    double sum = 0;
    for (int i = 0; i < mask.length; i++) {
      colourOf[i] = -1;
      if (mask[i] >= LEAST) {
        int at = i / shape.width() / cell * across + i % shape.width() / cell;
        if (colourOfCell[at] < 0) {
          colourOfCell[at] = 3 * count++;
        }
        colourOf[i] = colourOfCell[at];
        sum += mask[i];
      }
    }
    this.colours = count;
    this.covered = sum / mask.length;
    this.neighbours = neighbours(colourOfCell, across);
  }

  private static int[][] neighbours(int[] colourOfCell, int across) {
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < colourOfCell.length; i++) {
      if (colourOfCell[i] < 0) {
        continue;
      }
      if (i % across + 1 < across && colourOfCell[i + 1] >= 0) {
        pairs.add(new int[] {colourOfCell[i], colourOfCell[i + 1]});
      }
      if (i + across < colourOfCell.length && colourOfCell[i + across] >= 0) {
        pairs.add(new int[] {colourOfCell[i], colourOfCell[i + across]});
      }
    }
    return pairs.toArray(int[][]::new);
  }

  @Override
  public int parameters() {
    return 3 * colours;
  }

  @Override
  public void finish(double[] theta) {
    project(theta);
    for (int i = 0; i < colours && snap; i++) {
      palette.snap(theta, 3 * i);
    }
  }

  @Override
  public void paint(Canvas canvas, double[] theta, long place, float[] into, int at) {
    System.arraycopy(canvas.values, 0, into, at, shape.size());
    for (int i = 0; i < mask.length; i++) {
      for (int c = 0; c < 3 && colourOf[i] >= 0; c++) {
        into[at + 3 * i + c] = (float) LinearLight.encode(light(canvas, theta, i, c));
      }
    }
  }

  private double light(Canvas canvas, double[] theta, int i, int c) {
    double under = canvas.light[3 * i + c];
    return under + mask[i] * (ink.light(theta[colourOf[i] + c], canvas.white[c]) - under);
  }

  @Override
  public void backward(
      Canvas canvas, double[] theta, long place, float[] gradient, int at, double[] into) {
    for (int i = 0; i < mask.length; i++) {
      for (int c = 0; c < 3 && colourOf[i] >= 0; c++) {
        into[colourOf[i] + c] +=
            gradient[at + 3 * i + c]
                * LinearLight.encodeSlope(light(canvas, theta, i, c))
                * mask[i]
                * ink.slope(theta[colourOf[i] + c], canvas.white[c]);
      }
    }
  }

  @Override
  public double covered(double[] theta) {
    return covered;
  }

  @Override
  public double penalty(double[] theta, double @Nullable [] into) {
    double penalty = 0;
    if (nonPrintability > 0) {
      double weight = nonPrintability / colours;
      for (int i = 0; i < colours; i++) {
        penalty += weight * palette.score(theta, 3 * i, weight, into);
      }
    }
    if (variation > 0 && neighbours.length > 0) {
      double weight = variation / neighbours.length;
      for (int[] pair : neighbours) {
        for (int c = 0; c < 3; c++) {
          double d = theta[pair[0] + c] - theta[pair[1] + c];
          double length = Math.sqrt(d * d + ROUND * ROUND);
          penalty += weight * length;
          if (into != null) {
            into[pair[0] + c] -= weight * d / length;
            into[pair[1] + c] += weight * d / length;
          }
        }
      }
    }
    return penalty;
  }
}
