package io.stopline.scene.roadside;

import java.util.Arrays;

/** Which share of the sun reaches the ground, on a grid of half a metre. Immutable once filled. */
final class ShadowMap {

  private static final float CELL = 0.5f;
  private static final int WIDTH = 64;
  private static final float LEFT = -WIDTH * CELL / 2;

  private final int length;
  private final float start;
  private final float[] sun;

  ShadowMap(double fromMetres, double toMetres) {
    start = (float) fromMetres;
    length = (int) Math.ceil((toMetres - fromMetres) / CELL) + 2;
    sun = new float[length * WIDTH];
    Arrays.fill(sun, 1);
  }

  /** Darkens an ellipse with soft edges; where several overlap they add up. */
  void cast(double along, double lateral, double halfAlong, double halfLateral, double depth) {
    int y0 = Math.max(0, (int) ((along - halfAlong - start) / CELL));
    int y1 = Math.min(length - 1, (int) ((along + halfAlong - start) / CELL) + 1);
    int x0 = Math.max(0, (int) ((lateral - halfLateral - LEFT) / CELL));
    int x1 = Math.min(WIDTH - 1, (int) ((lateral + halfLateral - LEFT) / CELL) + 1);
    for (int y = y0; y <= y1; y++) {
      double dy = (start + y * CELL - along) / halfAlong;
      for (int x = x0; x <= x1; x++) {
        double dx = (LEFT + x * CELL - lateral) / halfLateral;
        double inside = Math.max(0, 1 - dx * dx - dy * dy);
        sun[y * WIDTH + x] *= (float) (1 - depth * Math.min(1, 2 * inside));
      }
    }
  }

  /** Darkens the ground around a plant's foot. */
  void shade(double along, double lateral, double half) {
    cast(along, lateral, half, half, 0.35);
  }

  float sun(float lateral, float along) {
    float x = (lateral - LEFT) / CELL;
    float y = (along - start) / CELL;
    if (!(x >= 0 && y >= 0 && x < WIDTH - 1 && y < length - 1)) {
      return 1;
    }
    int ix = (int) x;
    int iy = (int) y;
    float fx = x - ix;
    float fy = y - iy;
    int i = iy * WIDTH + ix;
    float near = sun[i] + (sun[i + 1] - sun[i]) * fx;
    float far = sun[i + WIDTH] + (sun[i + WIDTH + 1] - sun[i + WIDTH]) * fx;
    return near + (far - near) * fy;
  }
}
