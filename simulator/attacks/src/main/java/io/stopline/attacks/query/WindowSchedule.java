package io.stopline.attacks.query;

import io.stopline.autodiff.ImageShape;

/**
 * Side of the square that Square changes, shrinking as moves are made (Andriushchenko et al. 2020,
 * section 5: halved after fixed numbers of moves).
 *
 * @param firstShare share of the image that the first squares cover, above 0, at most 1
 * @param span moves over which the whole schedule is spread, at least 1; {@link #PUBLISHED} for the
 *     numbers as they are printed
 */
record WindowSchedule(double firstShare, int span) {

  /** Moves that the published schedule is laid out for. */
  static final int PUBLISHED = 10_000;

  /** Moves out of {@link #PUBLISHED} after which the share of the image halves. */
  private static final int[] HALVINGS = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};

  WindowSchedule {
    if (!(firstShare > 0 && firstShare <= 1) || span < 1) {
      throw new IllegalArgumentException(
          "window schedule: first share %s over %d moves; the share must be above 0 and at most 1, the moves at least 1"
              .formatted(firstShare, span));
    }
  }

  /** Share of the image's area at a move, counted from 0. */
  double areaShare(int move) {
    long published = (long) move * PUBLISHED / span;
    double share = firstShare;
    for (int halving : HALVINGS) {
      if (published > halving) {
        share /= 2;
      }
    }
    return share;
  }

  /** Side in pixels at a move, counted from 0; at least 1. */
  int side(int move, ImageShape shape) {
    double side = Math.sqrt(areaShare(move) * shape.height() * shape.width());
    return Math.max(1, Math.min((int) Math.rint(side), Math.min(shape.height(), shape.width())));
  }
}
