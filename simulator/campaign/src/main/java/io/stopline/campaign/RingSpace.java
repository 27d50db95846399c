package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.alteration.Ring;
import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Coloured film along a sign's edge, in equal segments. Numbers: width, where the first segment
 * begins, then each segment's colour, which may be none; the ring keeps to the budget.
 */
final class RingSpace extends NumberSpace {

  private static final int SEGMENTS = 16;
  private static final double NARROWEST = 0.01;

  /** Film of an advertiser's shop; the first stands for none. */
  private static final int[] FILMS = {
    -1, 0x141416, 0xe6e6e0, 0x1f4fa8, 0x2e8b45, 0xe2b51c, 0xc02020, 0xd8107c, 0x6a3aa0
  };

  private final double widest;

  RingSpace(Shape outline, double areaShare) {
    super(
        List.of(Quantity.length(NARROWEST, Ring.MOST_WIDTH), Quantity.turn(0, 1.0 / SEGMENTS)),
        List.of(Quantity.choice(FILMS.length)),
        SEGMENTS);
    widest = widest(outline, areaShare);
  }

  private static double widest(Shape outline, double areaShare) {
    double low = 0.1 * NARROWEST;
    double high = Ring.MOST_WIDTH;
    for (int i = 0; i < 20; i++) {
      double middle = (low + high) / 2;
      Ring whole = new Ring(middle, List.of(new Ring.Segment(0, 1, 0)));
      if (AlterationPainter.coveredShare(outline, whole) > 0.99 * areaShare) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return low;
  }

  @Override
  public Alteration decode(double[] v) {
    List<Ring.Segment> segments = new ArrayList<>();
    for (int p = 0; p < SEGMENTS; p++) {
      int film = FILMS[(int) v[first(p)]];
      if (film >= 0) {
        double from = v[1] + (double) p / SEGMENTS;
        segments.add(new Ring.Segment(from, from + 1.0 / SEGMENTS, film));
      }
    }
    return new Ring(v[0], segments);
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof Ring ring)) {
      throw foreign("a ring", alteration);
    }
    double[] v = empty();
    v[0] = ring.width();
    v[1] = ring.segments().get(0).from() % (1.0 / SEGMENTS);
    for (int p = 0; p < SEGMENTS; p++) {
      double middle = v[1] + (p + 0.5) / SEGMENTS;
      for (Ring.Segment s : ring.segments()) {
        double at = middle < s.from() ? middle + 1 : middle;
        for (int f = 1; f < FILMS.length; f++) {
          v[first(p)] = at < s.to() && FILMS[f] == s.rgb() ? f : v[first(p)];
        }
      }
    }
    return kept(v);
  }

  @Override
  void keep(double[] v) {
    v[0] = Math.min(v[0], widest);
    // The last segment must begin within the way around.
    v[1] = Math.min(v[1], 1.0 / SEGMENTS);
    for (int p = 0; p < SEGMENTS; p++) {
      if (v[first(p)] > 0) {
        return;
      }
    }
    v[first(0)] = 1;
  }
}
