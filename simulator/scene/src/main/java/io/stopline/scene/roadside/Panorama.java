package io.stopline.scene.roadside;

import io.stopline.scene.light.Daylight;
import io.stopline.scene.texture.Noise;
import io.stopline.sdk.random.RandomStream;

/**
 * What is too far off to move against itself: sky with clouds, hills, the edge of a wood. A
 * cylinder around the camera, in linear light. Immutable.
 */
final class Panorama {

  private static final int SKY_STEP = 4;
  private static final int TILE = 256;

  /** Brightest light that a texel holds; the tone curve is white long before. */
  private static final float BRIGHTEST = 2.5f;

  /** Places are counted in parts of a texel: integers step faster than floats turn into them. */
  private static final int FIXED_BITS = 15;

  private static final int FIXED = 1 << FIXED_BITS;

  private static final int MASK = (1 << 21) - 1;
  private static final float SCALE = BRIGHTEST / (8191f * 256);

  private final int width;
  private final int height;
  private final float firstAzimuth;
  private final float highestSlope;
  private final float perRadian;

  /**
   * Red, green and blue of a texel in fields of 21 bits each: 13 bits of light and room for weights
   * that sum to 256, so that one multiplication weighs all three.
   */
  private final long[] texels;

  /**
   * @param perRadian texels to the radian, best the camera's focal length
   * @param azimuths the range that will be looked at, radians
   * @param slopes the range of rise over run
   */
  Panorama(Daylight day, long seed, double perRadian, double[] azimuths, double[] slopes) {
    this.perRadian = (float) perRadian;
    this.firstAzimuth = (float) azimuths[0];
    this.highestSlope = (float) slopes[1];
    this.width = (int) Math.ceil((azimuths[1] - azimuths[0]) * perRadian) + 2;
    this.height = (int) Math.ceil((slopes[1] - slopes[0]) * perRadian) + 2;
    float[] rgb = new float[3 * width * height];
    sky(day, seed, rgb);
    new Hills(day, seed).paint(rgb, width, height, firstAzimuth, highestSlope, this.perRadian);
    texels = new long[width * height];
    for (int i = 0; i < texels.length; i++) {
      texels[i] = (field(rgb[3 * i]) << 42) | (field(rgb[3 * i + 1]) << 21) | field(rgb[3 * i + 2]);
    }
  }

  private static long field(float light) {
    return Math.round(Math.max(0, Math.min(1, light / BRIGHTEST)) * 8191);
  }

  /** Sky and clouds, worked out at every fourth texel: both are soft. */
  private void sky(Daylight day, long seed, float[] rgb) {
    int w = width / SKY_STEP + 2;
    int h = height / SKY_STEP + 2;
    float[] coarse = new float[3 * w * h];
    Sky sky = new Sky(day, seed);
    for (int y = 0; y < h; y++) {
      double slope = highestSlope - y * SKY_STEP / perRadian;
      for (int x = 0; x < w; x++) {
        double azimuth = firstAzimuth + x * SKY_STEP / perRadian;
        sky.radiance(azimuth, Math.max(0.002, slope), coarse, 3 * (y * w + x));
      }
    }
    for (int y = 0; y < height; y++) {
      int cy = y / SKY_STEP;
      float fy = (float) (y % SKY_STEP) / SKY_STEP;
      for (int x = 0; x < width; x++) {
        int cx = x / SKY_STEP;
        float fx = (float) (x % SKY_STEP) / SKY_STEP;
        int i = 3 * (cy * w + cx);
        int j = i + 3 * w;
        int o = 3 * (y * width + x);
        for (int c = 0; c < 3; c++) {
          float above = coarse[i + c] + (coarse[i + 3 + c] - coarse[i + c]) * fx;
          float below = coarse[j + c] + (coarse[j + 3 + c] - coarse[j + c]) * fx;
          rgb[o + c] = above + (below - above) * fy;
        }
      }
    }
  }

  /**
   * Lays the panorama over a run of pixels, blending by how far their light comes from.
   *
   * @param meltFrom where it begins to show, m
   * @param melt 1 over the way over which it does
   */
  void lay(Rays rays, int n, int x0, int x1, float meltFrom, float melt, float[] to, int first) {
    float part = 1f / Rays.STEP;
    float toFixed = perRadian * FIXED;
    int du = (int) ((rays.azimuth[n + 1] - rays.azimuth[n]) * part * toFixed);
    int dv = (int) ((rays.slope[n] - rays.slope[n + 1]) * part * toFixed);
    int u0 = (int) ((rays.azimuth[n] - firstAzimuth) * toFixed);
    int v0 = (int) ((highestSlope - rays.slope[n]) * toFixed);
    float z0 = rays.depth[n];
    float dz = (rays.depth[n + 1] - z0) * part;
    boolean whole = Math.min(z0, rays.depth[n + 1]) - meltFrom >= 1 / melt;
    int lastX = (width - 1) * FIXED - 1;
    int lastY = (height - 1) * FIXED - 1;
    long[] t = texels;
    int o = first;
    for (int px = x0; px < x1; px++, o += 3) {
      int k = px & Rays.STEP - 1;
      int x = u0 + du * k;
      int y = v0 + dv * k;
      x = x < 0 ? 0 : x > lastX ? lastX : x;
      y = y < 0 ? 0 : y > lastY ? lastY : y;
      int fx = (x >> (FIXED_BITS - 4)) & 15;
      int fy = (y >> (FIXED_BITS - 4)) & 15;
      int i = (y >> FIXED_BITS) * width + (x >> FIXED_BITS);
      int d = fx * fy;
      long sum =
          t[i] * (256 - 16 * fx - 16 * fy + d)
              + t[i + 1] * (16 * fx - d)
              + t[i + width] * (16 * fy - d)
              + t[i + width + 1] * d;
      float r = (int) (sum >>> 42) * SCALE;
      float g = ((int) (sum >>> 21) & MASK) * SCALE;
      float b = ((int) sum & MASK) * SCALE;
      if (whole) {
        to[o] = r;
        to[o + 1] = g;
        to[o + 2] = b;
      } else {
        float far = (z0 + dz * k - meltFrom) * melt;
        far = far < 0 ? 0 : far > 1 ? 1 : far;
        to[o] += (r - to[o]) * far;
        to[o + 1] += (g - to[o + 1]) * far;
        to[o + 2] += (b - to[o + 2]) * far;
      }
    }
  }

  /** Radiance of the sky by direction. */
  private static final class Sky {
    private final Daylight day;
    private final double[] sun;
    private final float[] coarse;
    private final float[] fine;
    private final double cover;
    private final double shiftX;
    private final double shiftY;

    Sky(Daylight day, long seed) {
      RandomStream random = new RandomStream(RandomStream.derive(seed, 11));
      this.day = day;
      this.sun = day.toSun();
      this.coarse = Noise.tile(TILE, 4, 5, 0.55, RandomStream.derive(seed, 12));
      this.fine = Noise.tile(TILE, 8, 5, 0.6, RandomStream.derive(seed, 13));
      this.cover = day.overcast();
      this.shiftX = random.nextDouble();
      this.shiftY = random.nextDouble();
    }

    void radiance(double azimuth, double slope, float[] to, int o) {
      double level = 1 / Math.sqrt(1 + slope * slope);
      double up = slope * level;
      double dx = Math.sin(azimuth) * level;
      double dz = Math.cos(azimuth) * level;
      double toSun = dx * sun[0] - up * sun[1] + dz * sun[2];
      double low = Math.pow(1 - Math.min(1, up), 6);
      double glow = Math.exp((toSun - 1) * 9) * (1 - 0.8 * cover);
      double halo = Math.exp((toSun - 1) * 120) * (1 - cover);
      // Clouds hang on a plane; towards the horizon they crowd and thin out into haze.
      double away = 1 / (up + 0.06);
      double x = shiftX + dx * away * 0.085;
      double y = shiftY + dz * away * 0.085;
      double density = density(x, y);
      double threshold = 1.15 - 2.6 * cover;
      double cloud = smoothstep((density - threshold) / 0.9);
      double lit = density - density(x + sun[0] * 0.012, y + sun[2] * 0.012);
      double thick = Math.max(0, Math.min(1, (density - threshold) / 2.2));
      double white =
          (1.55 + 0.5 * lit) * (1 - 0.5 * thick * (0.5 + 0.5 * cover)) + 0.7 * glow * (1 - thick);
      for (int c = 0; c < 3; c++) {
        double sky = day.sky(c);
        double bright = day.sky(1) * 0.85 + day.sun(1) * (c == 2 ? 0.44 : 0.43);
        double tint = 1 + (1 - cover) * (c == 0 ? -0.20 : c == 2 ? 0.17 : 0);
        double blue = sky * tint * (1.15 + 0.75 * glow) + day.sun(c) * (0.05 + 0.25 * halo);
        double horizon = day.air(c) * (1 + 0.35 * glow);
        double clear = blue + (horizon - blue) * low;
        double clouds = bright * white * 0.72;
        clouds += (horizon - clouds) * low * low * 0.8;
        to[o + c] = (float) (clear + (clouds - clear) * cloud * 0.94);
      }
    }

    private double density(double x, double y) {
      return Noise.at(coarse, TILE, x, y) * 0.85
          + Noise.at(fine, TILE, 5 * x + 0.3, 5 * y + 0.7) * 0.28;
    }
  }

  private static double smoothstep(double t) {
    double x = Math.max(0, Math.min(1, t));
    return x * x * (3 - 2 * x);
  }
}
