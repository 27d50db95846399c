package io.stopline.attacks.query;

import io.stopline.autodiff.ImageShape;

/**
 * Side of the square that Square changes, shrinking with the queries used (Andriushchenko et al.
 * 2020, section 5: halved at fixed queries of 10,000, here of whatever budget there is).
 */
record WindowSchedule(double firstShare) {

  /** Queries out of 10,000 after which the share of the image halves. */
  private static final int[] HALVINGS = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};

  /** Share of the image's area, from 0..1 of the queries used. */
  double areaShare(double used) {
    int tenThousandths = (int) (used * 10_000);
    double share = firstShare;
    for (int halving : HALVINGS) {
      if (tenThousandths > halving) {
        share /= 2;
      }
    }
    return share;
  }

  /** Side in pixels, at least 1. */
  int side(double used, ImageShape shape) {
    double side = Math.sqrt(areaShare(used) * shape.height() * shape.width());
    return Math.max(1, Math.min((int) Math.rint(side), Math.min(shape.height(), shape.width())));
  }
}
