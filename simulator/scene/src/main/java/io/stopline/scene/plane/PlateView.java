package io.stopline.scene.plane;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.Pixel;
import io.stopline.scene.camera.View;
import io.stopline.scene.scenario.Sign;

/**
 * A sign's plane before the camera: the homography between points of its face (u, v; the unit
 * square) and directions of light, and through the lens to pixels. Immutable.
 */
public final class PlateView {

  private final Plate plate;
  private final Lens lens;

  /** Camera coordinates of (u, v, 1), column by column: along u, along v, the square's corner. */
  private final double[] along;

  private final double[] down;
  private final double[] corner;

  /** Unit vector from the face to the front, vehicle coordinates. */
  private final double[] normal;

  private final double[] centre;

  /** Of the face's middle in vehicle coordinates. */
  private final double[] place;

  private final double lensMetres;
  private final boolean front;

  PlateView(Plate plate, View view) {
    this.plate = plate;
    this.lens = view.lens();
    Sign sign = plate.sign();
    double yaw = StrictMath.toRadians(sign.yawDegrees());
    double roll = StrictMath.toRadians(sign.rollDegrees());
    double turn = view.road().turn(sign.alongMetres() - view.along());
    // Level across the face as its reader sees it, then turned with the road, then rolled.
    double angle = turn + yaw;
    double[] across = {StrictMath.cos(angle), 0, -StrictMath.sin(angle)};
    double cr = StrictMath.cos(roll);
    double sr = StrictMath.sin(roll);
    double size = sign.sizeMetres();
    double[] u = {across[0] * cr * size, sr * size, across[2] * cr * size};
    double[] v = {-across[0] * sr * size, cr * size, -across[2] * sr * size};
    double[] c = view.toVehicle(sign.alongMetres(), sign.lateralMetres(), sign.heightMetres());
    normal = new double[] {-StrictMath.sin(angle), 0, -StrictMath.cos(angle)};
    front = normal[0] * c[0] + normal[1] * c[1] + normal[2] * c[2] < 0;
    place = c;
    lensMetres = view.height();
    along = view.toCamera(u[0], u[1], u[2]);
    down = view.toCamera(v[0], v[1], v[2]);
    centre = view.toCamera(c[0], c[1], c[2]);
    corner = new double[3];
    for (int i = 0; i < 3; i++) {
      corner[i] = centre[i] - 0.5 * along[i] - 0.5 * down[i];
    }
  }

  /** The plane. */
  public Plate plate() {
    return plate;
  }

  /** Whether the camera sees the face rather than the back. */
  public boolean isFront() {
    return front;
  }

  /** Unit vector to the front, in vehicle coordinates. */
  double[] normal() {
    return normal;
  }

  /** Where the middle of the face is: right of the lens, m. */
  double right() {
    return place[0];
  }

  /** Height of the middle of the face above the road, m. */
  double heightMetres() {
    return lensMetres - place[1];
  }

  /** How far ahead of the lens the middle of the face is, m. */
  double ahead() {
    return place[2];
  }

  /** Height of the lens above the road, m. */
  double lensMetres() {
    return lensMetres;
  }

  /** From the lens to the middle of the face, m. */
  public double distance() {
    return Math.sqrt(centre[0] * centre[0] + centre[1] * centre[1] + centre[2] * centre[2]);
  }

  /** Whether the whole face, with a rim around it, lies before the camera. */
  public boolean isAhead() {
    double nearest = centre[2] - 0.6 * (Math.abs(along[2]) + Math.abs(down[2]));
    return nearest > Lens.NEAREST_METRES;
  }

  /**
   * Where a point of the face falls on the picture.
   *
   * @return false if it lies behind the camera
   */
  public boolean project(double u, double v, double[] pixel) {
    return lens.project(
        corner[0] + u * along[0] + v * down[0],
        corner[1] + u * along[1] + v * down[1],
        corner[2] + u * along[2] + v * down[2],
        pixel);
  }

  /** Pixel of a point of the face that lies before the camera. */
  public Pixel pixel(double u, double v) {
    double[] pixel = new double[2];
    project(u, v, pixel);
    return new Pixel(pixel[0], pixel[1]);
  }

  /**
   * The homography from directions (x, y, 1) in camera coordinates to (u·w, v·w, w), row by row.
   */
  double[] fromDirections() {
    double[] a = along;
    double[] b = down;
    double[] c = corner;
    double[] rows = {
      b[1] * c[2] - c[1] * b[2],
      c[0] * b[2] - b[0] * c[2],
      b[0] * c[1] - c[0] * b[1],
      c[1] * a[2] - a[1] * c[2],
      a[0] * c[2] - c[0] * a[2],
      c[0] * a[1] - a[0] * c[1],
      a[1] * b[2] - b[1] * a[2],
      b[0] * a[2] - a[0] * b[2],
      a[0] * b[1] - b[0] * a[1]
    };
    // The sign of the whole decides only where (u, v) lie before or behind the camera.
    double w = rows[6] * centre[0] + rows[7] * centre[1] + rows[8] * centre[2];
    double scale = centre[2] / w;
    for (int i = 0; i < 9; i++) {
      rows[i] *= scale;
    }
    return rows;
  }
}
