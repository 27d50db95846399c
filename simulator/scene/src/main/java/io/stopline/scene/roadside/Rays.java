package io.stopline.scene.roadside;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.View;

/**
 * Where the light of one row's pixels comes from, worked out at every sixteenth column of the
 * picture and taken as linear between them, which errs by less than a fiftieth of a pixel. Belongs
 * to one thread.
 */
final class Rays {

  /** Columns between nodes, as a power of two. */
  static final int BITS = 4;

  static final int STEP = 1 << BITS;

  /** Farther away the ground is no longer told apart, m. */
  static final float FARTHEST = 1200;

  private final View view;
  private final Lens lens;
  private final int firstNode;
  private final double[] turn = new double[9];

  /** At the nodes: lateral place on the road, way along it, and distance ahead, all m. */
  final float[] lateral;

  final float[] along;
  final float[] depth;

  /** At the nodes: compass direction against the road's at the origin, and slope upwards. */
  final float[] azimuth;

  final float[] slope;

  Rays(View view, int left, int right) {
    this.view = view;
    this.lens = view.lens();
    this.firstNode = left >> BITS;
    for (int i = 0; i < 9; i++) {
      turn[i] = view.turn(i % 3, i / 3);
    }
    int nodes = ((right - 1) >> BITS) + 2 - firstNode;
    lateral = new float[nodes];
    along = new float[nodes];
    depth = new float[nodes];
    azimuth = new float[nodes];
    slope = new float[nodes];
  }

  /** Index of the node at or left of a column. */
  int node(int x) {
    return (x >> BITS) - firstNode;
  }

  /**
   * Works out the nodes of a row.
   *
   * @param nearest up to which distance places on the ground are needed, m
   * @param farthest from which distance on directions are needed, m
   */
  void row(int y, float nearest, float farthest) {
    float py = lens.planeY(y + 0.5f);
    double h = view.height();
    // On a long bend the panorama comes round again.
    double heading = view.road().turn(view.along()) % (2 * Math.PI);
    for (int n = 0; n < depth.length; n++) {
      float px = lens.planeX(((n + firstNode) << BITS) + 0.5f);
      float unscale = lens.unscale(px * px + py * py);
      double x = px * unscale;
      double yy = py * unscale;
      double vx = turn[0] * x + turn[1] * yy + turn[2];
      double vy = turn[3] * x + turn[4] * yy + turn[5];
      double vz = turn[6] * x + turn[7] * yy + turn[8];
      double t = vy * FARTHEST > h * vz ? h / vy : FARTHEST / vz;
      double z = vz * t;
      depth[n] = (float) z;
      if (z > farthest) {
        azimuth[n] = (float) (arctangent(vx / vz) + heading);
        slope[n] = (float) (-vy / Math.sqrt(vx * vx + vz * vz));
      }
      if (z < nearest) {
        place(n, vx * t, z);
      }
    }
  }

  private void place(int n, double right, double forward) {
    double k = view.road().curvature();
    if (Math.abs(k) < 1e-9) {
      lateral[n] = (float) right;
      along[n] = (float) (view.along() + forward);
    } else {
      lateral[n] = (float) view.road().lateral(right, forward);
      along[n] = (float) (view.along() + arctangent(forward / (1 / k - right)) / k);
    }
  }

  /**
   * Abramowitz and Stegun 1964, 4.4.49, which errs by 1e-5 of a radian at most; a library call
   * would take most of a frame's time.
   */
  private static double arctangent(double x) {
    double a = Math.abs(x) > 1 ? 1 / x : x;
    double q = a * a;
    double high =
        0.1065626393
            + q * (-0.0752896400 + q * (0.0429096138 + q * (-0.0161657367 + q * 0.0028662257)));
    double poly =
        a * (1 + q * (-0.3333314528 + q * (0.1999355085 + q * (-0.1420889944 + q * high))));
    return Math.abs(x) > 1 ? Math.copySign(Math.PI / 2, x) - poly : poly;
  }
}
