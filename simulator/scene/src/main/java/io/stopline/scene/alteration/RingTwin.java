package io.stopline.scene.alteration;

import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/** What time does to the edge of a sign: dirt, rust, flaked film. */
final class RingTwin {

  private static final int[] STAINS = {0x6b5d4c, 0x7a4a2a, 0x8a8a84, 0x54503f, 0x9a6b45};

  /** Of a stain along the edge, share of the way around. */
  private static final double SHORTEST = 0.006;

  private static final double LONGEST = 0.05;

  private RingTwin() {}

  static Ring of(Ring original, RandomStream random) {
    double way = 0;
    for (Ring.Segment s : original.segments()) {
      way += s.to() - s.from();
    }
    double left = Math.min(1, way);
    // As many stains as reach as far, and gaps of together what is left of the way around.
    List<Double> stains = new ArrayList<>();
    while (left > SHORTEST && stains.size() < Alteration.MOST_PARTS - 1) {
      double stain = Math.min(left, random.uniform(SHORTEST, LONGEST));
      stains.add(stain);
      left -= stain;
    }
    if (stains.isEmpty()) {
      stains.add(SHORTEST);
    }
    double gaps = 1 - Math.min(1, way);
    double[] shares = new double[stains.size()];
    double sum = 0;
    for (int i = 0; i < shares.length; i++) {
      shares[i] = random.uniform(0.1, 1);
      sum += shares[i];
    }
    double at = random.nextDouble();
    List<Ring.Segment> segments = new ArrayList<>();
    for (int i = 0; i < shares.length; i++) {
      double from = at - Math.floor(at);
      segments.add(
          new Ring.Segment(from, from + stains.get(i), STAINS[random.nextInt(STAINS.length)]));
      at += stains.get(i) + gaps * shares[i] / sum;
    }
    return new Ring(original.width(), segments);
  }
}
