package io.stopline.scene.roadside;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.View;

/**
 * Where the light of one row's pixels comes from, worked out exactly at every eighth column of the
 * picture and taken as linear between them, which errs by less than a hundredth of a pixel. Belongs
 * to one thread.
 */
final class Rays {

  /** Columns between nodes, as a power of two. */
  static final int BITS = 3;

  static final int STEP = 1 << BITS;

  /** Farther away the ground is no longer told apart, m. */
  static final float FARTHEST = 1200;

  private final View view;
  private final Lens lens;
  private final int firstNode;

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

  /** Works out the nodes of a row. */
  void row(int y) {
    float py = lens.planeY(y + 0.5f);
    double h = view.height();
    double heading = view.road().turn(view.along());
    for (int n = 0; n < depth.length; n++) {
      float px = lens.planeX(((n + firstNode) << BITS) + 0.5f);
      float unscale = lens.unscale(px * px + py * py);
      double x = px * unscale;
      double yy = py * unscale;
      double vx = view.turn(0, 0) * x + view.turn(1, 0) * yy + view.turn(2, 0);
      double vy = view.turn(0, 1) * x + view.turn(1, 1) * yy + view.turn(2, 1);
      double vz = view.turn(0, 2) * x + view.turn(1, 2) * yy + view.turn(2, 2);
      azimuth[n] = (float) (Math.atan2(vx, vz) + heading);
      slope[n] = (float) (-vy / Math.sqrt(vx * vx + vz * vz));
      double t = vy * FARTHEST > h * vz ? h / vy : FARTHEST / vz;
      depth[n] = (float) (vz * t);
      lateral[n] = (float) view.road().lateral(vx * t, vz * t);
      along[n] = (float) (view.along() + view.road().ahead(vx * t, vz * t));
    }
  }
}
