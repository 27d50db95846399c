package io.stopline.scene.camera;

/**
 * The camera at one instant: its lens, its place on the road and its turn.
 *
 * <p>Vehicle coordinates: x to the right, y down, z ahead along the road's tangent, origin in the
 * lens. Immutable.
 */
public final class View {

  private final Lens lens;
  private final Road road;
  private final double along;
  private final double height;
  private final double travel;

  /** Camera coordinates from vehicle coordinates, row by row. */
  private final double[] turn;

  View(
      Lens lens,
      Road road,
      double along,
      double height,
      double travel,
      double pitch,
      double yaw,
      double roll) {
    this.lens = lens;
    this.road = road;
    this.along = along;
    this.height = height;
    this.travel = travel;
    double cp = StrictMath.cos(pitch);
    double sp = StrictMath.sin(pitch);
    double cy = StrictMath.cos(yaw);
    double sy = StrictMath.sin(yaw);
    double cr = StrictMath.cos(roll);
    double sr = StrictMath.sin(roll);
    // The camera's axes in vehicle coordinates: turned by yaw, then pitch, then roll.
    double[] right = {cy, 0, -sy};
    double[] down = {sp * sy, cp, sp * cy};
    double[] ahead = {cp * sy, -sp, cp * cy};
    turn = new double[9];
    for (int i = 0; i < 3; i++) {
      turn[i] = cr * right[i] + sr * down[i];
      turn[3 + i] = cr * down[i] - sr * right[i];
      turn[6 + i] = ahead[i];
    }
  }

  /** The lens. */
  public Lens lens() {
    return lens;
  }

  /** The road that the camera drives on. */
  public Road road() {
    return road;
  }

  /** Where along the road the camera is, m. */
  public double along() {
    return along;
  }

  /** Height of the lens above the road, m. */
  public double height() {
    return height;
  }

  /** Way that the vehicle goes while the shutter is open, m. */
  public double travel() {
    return travel;
  }

  /** One entry of the rotation to camera coordinates, {@code row} and {@code column} 0..2. */
  public double turn(int row, int column) {
    return turn[3 * row + column];
  }

  /** A vector in vehicle coordinates as one in camera coordinates. */
  public double[] toCamera(double x, double y, double z) {
    return new double[] {
      turn[0] * x + turn[1] * y + turn[2] * z,
      turn[3] * x + turn[4] * y + turn[5] * z,
      turn[6] * x + turn[7] * y + turn[8] * z
    };
  }

  /** A point of the road in vehicle coordinates. */
  public double[] toVehicle(double pointAlong, double lateral, double pointHeight) {
    double ahead = pointAlong - along;
    return new double[] {
      road.right(ahead, lateral), height - pointHeight, road.forward(ahead, lateral)
    };
  }

  /**
   * Where on the picture a point of the road falls.
   *
   * @param pixel takes x, y (px) and its depth along the camera's axis (m)
   * @return false if it lies behind the camera
   */
  public boolean project(double pointAlong, double lateral, double pointHeight, double[] pixel) {
    double[] v = toVehicle(pointAlong, lateral, pointHeight);
    double[] c = toCamera(v[0], v[1], v[2]);
    pixel[2] = c[2];
    return lens.project(c[0], c[1], c[2], pixel);
  }
}
