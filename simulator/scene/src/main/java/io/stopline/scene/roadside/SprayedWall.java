package io.stopline.scene.roadside;

import io.stopline.scene.light.Daylight;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;

/**
 * A concrete wall with graffiti, without light: bent strokes of vivid paint with dark outlines, as
 * many as cover the wanted share. Immutable.
 */
final class SprayedWall {

  /** Of the square wall. */
  static final double SIDE_METRES = 3.4;

  /** How far behind a sign it stands, m. */
  static final double BEHIND = 1.2;

  private static final int SIDE = 256;
  private static final double CONCRETE = 0.35;
  private static final int MOST_STROKES = 1000;

  private final float[] albedo = new float[3 * SIDE * SIDE];
  private final boolean[] sprayed = new boolean[SIDE * SIDE];
  private int covered;

  /**
   * @param share of the wall that is sprayed, above 0 to 1; of the last hundredths some stay bare
   */
  SprayedWall(long seed, double share) {
    RandomStream random = new RandomStream(seed);
    for (int i = 0; i < SIDE * SIDE; i++) {
      float grey = (float) (CONCRETE * random.uniform(0.85, 1.1));
      Arrays.fill(albedo, 3 * i, 3 * i + 3, grey);
    }
    for (int k = 0; k < MOST_STROKES && covered < share * SIDE * SIDE; k++) {
      stroke(random);
    }
  }

  private void stroke(RandomStream random) {
    double[] ends = new double[6];
    for (int i = 0; i < 6; i++) {
      ends[i] = random.uniform(0, SIDE);
    }
    // A letter's size: the stroke ends not far from where it begins.
    for (int i = 2; i < 6; i++) {
      ends[i] = ends[i % 2] + (ends[i] - SIDE / 2.0) * 0.6;
    }
    double width = random.uniform(3, 9);
    float[] paint = {
      (float) random.uniform(0.02, 0.8),
      (float) random.uniform(0.02, 0.8),
      (float) random.uniform(0.02, 0.8)
    };
    paint[random.nextInt(3)] *= 0.15f;
    trace(ends, width + 2.5, new float[] {0.02f, 0.02f, 0.02f});
    trace(ends, width, paint);
  }

  /** A quadratic curve by its two ends and the point between them that pulls it. */
  private void trace(double[] ends, double width, float[] paint) {
    for (double t = 0; t <= 1; t += 0.01) {
      double a = (1 - t) * (1 - t);
      double b = 2 * t * (1 - t);
      double c = t * t;
      double x = a * ends[0] + b * ends[2] + c * ends[4];
      double y = a * ends[1] + b * ends[3] + c * ends[5];
      dab(x, y, width, paint);
    }
  }

  private void dab(double x, double y, double width, float[] paint) {
    int top = (int) Math.max(0, Math.ceil(y - width));
    int bottom = (int) Math.min(SIDE - 1, Math.floor(y + width));
    for (int py = top; py <= bottom; py++) {
      double half = Math.sqrt(width * width - (py - y) * (py - y));
      int left = (int) Math.max(0, Math.ceil(x - half));
      int right = (int) Math.min(SIDE - 1, Math.floor(x + half));
      for (int px = left; px <= right; px++) {
        int i = py * SIDE + px;
        covered += sprayed[i] ? 0 : 1;
        sprayed[i] = true;
        System.arraycopy(paint, 0, albedo, 3 * i, 3);
      }
    }
  }

  /** The wall in a drive's light. */
  Sprite lit(Daylight day) {
    float[] light = day.onSurface(new double[] {0, 0, -1}, 1);
    float[] rgba = new float[4 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
      for (int c = 0; c < 3; c++) {
        rgba[4 * i + c] = albedo[3 * i + c] * light[c];
      }
      rgba[4 * i + 3] = 1;
    }
    return new Sprite(SIDE, rgba);
  }
}
