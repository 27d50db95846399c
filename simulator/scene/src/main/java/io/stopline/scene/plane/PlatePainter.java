package io.stopline.scene.plane;

import io.stopline.scene.alteration.Infrared;
import io.stopline.scene.alteration.Stripes;
import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.Shutter;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.light.Headlights;
import io.stopline.scene.texture.Band;
import io.stopline.scene.texture.MipMap;
import io.stopline.sdk.image.Region;
import org.jspecify.annotations.Nullable;

/**
 * Paints one sign on one frame. Each pixel is the mean of several samples, spread over the pixel
 * and over the exposure, each through the exact homography of its moment. Immutable.
 */
public final class PlatePainter {

  /** Over which the samples of a pixel are spread, px: its area and the lens's own blur. */
  private static final double APERTURE = 1.3;

  private final Lens lens;
  private final @Nullable MipMap texture;
  private final @Nullable FaceTexture front;
  private final @Nullable MipMap glow;
  private final GlowLight glowLight;
  private final @Nullable MipMap sheeting;
  private final int level;
  private final int left;
  private final int top;
  private final int right;
  private final int bottom;
  private final float[] light = new float[3];
  private final float[] haze = new float[3];

  /** What daylight makes of a white surface here, before any haze. */
  private final float[] white;

  /** What white sheeting throws back of the headlights. */
  private final float[] returned = new float[3];

  /** Per sample nine entries of its homography, in texture coordinates. */
  private final float[] homographies;

  private final float[] shiftX;
  private final float[] shiftY;

  private PlatePainter(
      FaceTexture texture,
      Plate plate,
      Shutter shutter,
      int frame,
      Daylight day,
      PlateView middle) {
    this.lens = shutter.lens();
    this.texture = middle.isFront() ? texture.front() : texture.back();
    this.front = middle.isFront() ? texture : null;
    PlateView opening = plate.seenFrom(shutter.view(frame, -0.5));
    PlateView closing = plate.seenFrom(shutter.view(frame, 0.5));
    double m = texture.margin();
    double[] box = {1e9, 1e9, -1e9, -1e9};
    double moved = 0;
    for (int i = 0; i < 4; i++) {
      double u = i % 2 == 0 ? -m : 1 + m;
      double v = i / 2 == 0 ? -m : 1 + m;
      double[] a = new double[2];
      double[] b = new double[2];
      opening.project(u, v, a);
      closing.project(u, v, b);
      moved = Math.max(moved, Math.hypot(a[0] - b[0], a[1] - b[1]));
      for (double[] p : new double[][] {a, b}) {
        box[0] = Math.min(box[0], p[0]);
        box[1] = Math.min(box[1], p[1]);
        box[2] = Math.max(box[2], p[0]);
        box[3] = Math.max(box[3], p[1]);
      }
    }
    // Distortion bends the square's edges outwards between its corners.
    double bend = 2 + 0.02 * Math.max(box[2] - box[0], box[3] - box[1]);
    left = (int) Math.floor(Math.max(-1e6, box[0] - bend));
    top = (int) Math.floor(Math.max(-1e6, box[1] - bend));
    right = (int) Math.ceil(Math.min(1e6, box[2] + bend));
    bottom = (int) Math.ceil(Math.min(1e6, box[3] + bend));
    int samples = (int) Math.max(4, Math.min(16, Math.ceil(1.5 * moved)));
    shiftX = new float[samples];
    shiftY = new float[samples];
    homographies = new float[9 * samples];
    double scale = 1 / (1 + 2 * m);
    for (int i = 0; i < samples; i++) {
      // A rank-1 lattice: all samples differ in column, row and moment.
      shiftX[i] = (float) (APERTURE * ((i + 0.5) / samples - 0.5));
      shiftY[i] = (float) (APERTURE * (fraction((i + 0.5) * 0.38196601125) - 0.5));
      double moment = fraction((i + 0.5) * 0.7548776662) - 0.5;
      double[] h = plate.seenFrom(shutter.view(frame, moment)).fromDirections();
      for (int c = 0; c < 3; c++) {
        // From the face's square to the texture, which has a margin around it.
        homographies[9 * i + c] = (float) (scale * (h[c] + m * h[6 + c]));
        homographies[9 * i + 3 + c] = (float) (scale * (h[3 + c] + m * h[6 + c]));
        homographies[9 * i + 6 + c] = (float) h[6 + c];
      }
    }
    level = level(middle, texture.side(), m);
    double[] normal = middle.normal();
    if (!middle.isFront()) {
      normal = new double[] {-normal[0], -normal[1], -normal[2]};
    }
    white = day.onSurface(normal, 1);
    double through = day.transmission(middle.distance());
    for (int c = 0; c < 3; c++) {
      light[c] = (float) (white[c] * through);
      haze[c] = (float) (day.air(c) * (1 - through));
    }
    glow = front == null ? null : texture.glow();
    glowLight = glowLight(texture, shutter, frame, middle, (float) (day.reference() * through));
    Headlights headlights = day.headlights();
    sheeting = front == null || headlights == null ? null : texture.sheeting();
    if (headlights != null) {
      double facing = Math.max(0, -normal[2]);
      double r = middle.right();
      double h = middle.heightMetres();
      double z = middle.ahead();
      for (int c = 0; c < 3; c++) {
        light[c] += (float) (facing * headlights.onWhite(r, h, z, c) * through);
        returned[c] = (float) (headlights.returned(r, h, z, middle.lensMetres(), c) * through);
      }
    }
  }

  private static GlowLight glowLight(
      FaceTexture texture, Shutter shutter, int frame, PlateView view, float strength) {
    if (texture.alteration() instanceof Stripes stripes) {
      return GlowLight.flickering(stripes, shutter, frame, view, strength);
    }
    float seen =
        texture.alteration() instanceof Infrared
            ? (float) (strength * (1 - shutter.infraredCut()))
            : strength;
    return GlowLight.steady(seen, seen, seen);
  }

  private static double fraction(double value) {
    return value - Math.floor(value);
  }

  /**
   * A painter, or null if the sign is not wholly before the camera.
   *
   * @param texture of the sign's face
   */
  public static @Nullable PlatePainter of(
      FaceTexture texture, Plate plate, Shutter shutter, int frame, Daylight day) {
    PlateView middle = plate.seenFrom(shutter.view(frame, 0));
    if (!plate.seenFrom(shutter.view(frame, 0.5)).isAhead()
        || !plate.seenFrom(shutter.view(frame, -0.5)).isAhead()) {
      return null;
    }
    return new PlatePainter(texture, plate, shutter, frame, day, middle);
  }

  /**
   * The pyramid's level whose texels are a third to two thirds of a pixel along the longer
   * footprint: fine enough to be sharp, coarse enough that at least four samples a pixel, in four
   * columns and rows, miss nothing. A sign's depth hardly differs from edge to edge, so one level
   * serves all of it.
   */
  private static int level(PlateView view, int side, double margin) {
    double texelsPerFace = side / (1 + 2 * margin);
    double[] p = new double[2];
    view.project(0.5, 0.5, p);
    double[] a = new double[2];
    double[] b = new double[2];
    view.project(0.51, 0.5, a);
    view.project(0.5, 0.51, b);
    double ux = (a[0] - p[0]) * 100;
    double uy = (a[1] - p[1]) * 100;
    double vx = (b[0] - p[0]) * 100;
    double vy = (b[1] - p[1]) * 100;
    double area = Math.max(1e-9, Math.abs(ux * vy - uy * vx));
    // Inverse of the 2×2 derivative: how much of u and v a pixel's step covers, at most.
    double longest = Math.max(Math.hypot(ux, uy), Math.hypot(vx, vy)) / area;
    double texels = longest * texelsPerFace;
    int last = Integer.numberOfTrailingZeros(side);
    return Math.min(last, Math.max(0, Math.getExponent(Math.max(1, texels * 0.7))));
  }

  /**
   * The part of a frame that is painted.
   *
   * @return null if none of it is inside the frame
   */
  public @Nullable Region bounds(int width, int height) {
    int x0 = Math.max(0, left);
    int y0 = Math.max(0, top);
    int x1 = Math.min(width, right);
    int y1 = Math.min(height, bottom);
    return x0 < x1 && y0 < y1 ? new Region(x0, y0, x1 - x0, y1 - y0) : null;
  }

  /** Lays the sign over what the band shows. */
  public void paint(Band band) {
    if (!band.meets(left, top, right, bottom)) {
      return;
    }
    int x0 = Math.max(left, band.left());
    int x1 = Math.min(right, band.right());
    int y1 = Math.min(bottom, band.bottom());
    for (int y = Math.max(top, band.top()); y < y1; y++) {
      if (texture != null) {
        lay(texture, band, x0, x1, y);
      }
      if (sheeting != null) {
        add(sheeting, returned, band, x0, x1, y);
      }
      if (glow != null) {
        float[] thrown = new float[3];
        glowLight.on(y, thrown);
        if (texture != null) {
          add(glow, thrown, band, x0, x1, y);
        } else {
          lightUp(glow, thrown, band, x0, x1, y);
        }
      }
    }
  }

  private void lay(MipMap from, Band band, int x0, int x1, int y) {
    float[] rgb = band.rgb();
    float[] sum = new float[4];
    int o = band.index(x0, y);
    for (int x = x0; x < x1; x++, o += 3) {
      sample(from, x, y, sum);
      if (sum[3] > 0) {
        float rest = 1 - sum[3];
        rgb[o] = rgb[o] * rest + sum[0] * light[0] + sum[3] * haze[0];
        rgb[o + 1] = rgb[o + 1] * rest + sum[1] * light[1] + sum[3] * haze[1];
        rgb[o + 2] = rgb[o + 2] * rest + sum[2] * light[2] + sum[3] * haze[2];
      }
    }
  }

  /** Adds light that comes back from the front. */
  private void add(MipMap from, float[] lit, Band band, int x0, int x1, int y) {
    float[] rgb = band.rgb();
    float[] sum = new float[4];
    int o = band.index(x0, y);
    for (int x = x0; x < x1; x++, o += 3) {
      sample(from, x, y, sum);
      rgb[o] += sum[0] * lit[0];
      rgb[o + 1] += sum[1] * lit[1];
      rgb[o + 2] += sum[2] * lit[2];
    }
  }

  /** Lights up what stands there already, by as much as the light is stronger than that of day. */
  private void lightUp(MipMap from, float[] lit, Band band, int x0, int x1, int y) {
    float[] rgb = band.rgb();
    float[] sum = new float[4];
    int o = band.index(x0, y);
    for (int x = x0; x < x1; x++, o += 3) {
      sample(from, x, y, sum);
      for (int c = 0; c < 3; c++) {
        rgb[o + c] *= 1 + sum[c] * lit[c] / white[c];
      }
    }
  }

  /**
   * Writes how much of each pixel is altered, rounded up: 0 is where nothing is.
   *
   * @param grey a byte a pixel, row by row, {@code width} to the row; only pixels of this sign are
   *     written
   */
  public void mask(byte[] grey, int width, int height) {
    MipMap altered = front == null ? null : front.mask();
    if (altered == null) {
      return;
    }
    float[] sum = new float[4];
    for (int y = Math.max(0, top); y < Math.min(height, bottom); y++) {
      for (int x = Math.max(0, left); x < Math.min(width, right); x++) {
        sample(altered, x, y, sum);
        grey[y * width + x] = (byte) Math.min(255, Math.ceil(255 * sum[3]));
      }
    }
  }

  private void sample(MipMap from, int x, int y, float[] sum) {
    float px = lens.planeX(x + 0.5f);
    float py = lens.planeY(y + 0.5f);
    float unscale = lens.unscale(px * px + py * py);
    float step = unscale / (float) lens.focal();
    float dx = px * unscale;
    float dy = py * unscale;
    int samples = shiftX.length;
    float[] h = homographies;
    float[] texels = from.level(level);
    int side = from.width() >> level;
    float r = 0;
    float g = 0;
    float b = 0;
    float a = 0;
    for (int i = 0; i < samples; i++) {
      float sx = dx + shiftX[i] * step;
      float sy = dy + shiftY[i] * step;
      int k = 9 * i;
      float w = side / (h[k + 6] * sx + h[k + 7] * sy + h[k + 8]);
      float u = (h[k] * sx + h[k + 1] * sy + h[k + 2]) * w - 0.5f;
      float v = (h[k + 3] * sx + h[k + 4] * sy + h[k + 5]) * w - 0.5f;
      // The outermost texels are clear, so that nothing is lost beyond them.
      if (u >= 0 && v >= 0 && u < side - 1 && v < side - 1) {
        int iu = (int) u;
        int iv = (int) v;
        float fu = u - iu;
        float fv = v - iv;
        float d = fu * fv;
        float c = fv - d;
        float e = fu - d;
        float f = 1 - fu - c;
        int t = 4 * (iv * side + iu);
        int s = t + 4 * side;
        r += f * texels[t] + e * texels[t + 4] + c * texels[s] + d * texels[s + 4];
        g += f * texels[t + 1] + e * texels[t + 5] + c * texels[s + 1] + d * texels[s + 5];
        b += f * texels[t + 2] + e * texels[t + 6] + c * texels[s + 2] + d * texels[s + 6];
        a += f * texels[t + 3] + e * texels[t + 7] + c * texels[s + 3] + d * texels[s + 7];
      }
    }
    float share = 1f / samples;
    sum[0] = r * share;
    sum[1] = g * share;
    sum[2] = b * share;
    sum[3] = a * share;
  }
}
