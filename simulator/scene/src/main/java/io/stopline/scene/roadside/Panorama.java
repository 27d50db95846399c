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

  private final int width;
  private final int height;
  private final float firstAzimuth;
  private final float highestSlope;
  private final float perRadian;

  /** Three numbers a texel. */
  private final float[] rgb;

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
    this.rgb = new float[3 * width * height];
    sky(day, seed);
    new Hills(day, seed).paint(rgb, width, height, firstAzimuth, highestSlope, this.perRadian);
  }

  /** Sky and clouds, worked out at every fourth texel: both are soft. */
  private void sky(Daylight day, long seed) {
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

  /** Lays the panorama on a pixel with the given weight. */
  void add(float azimuth, float slope, float weight, float[] to, int o) {
    float x = Math.max(0, Math.min(width - 1.01f, (azimuth - firstAzimuth) * perRadian));
    float y = Math.max(0, Math.min(height - 1.01f, (highestSlope - slope) * perRadian));
    int ix = (int) x;
    int iy = (int) y;
    float fx = x - ix;
    float fy = y - iy;
    int i = 3 * (iy * width + ix);
    int j = i + 3 * width;
    float a = weight * (1 - fx) * (1 - fy);
    float b = weight * fx * (1 - fy);
    float c = weight * (1 - fx) * fy;
    float d = weight * fx * fy;
    to[o] += a * rgb[i] + b * rgb[i + 3] + c * rgb[j] + d * rgb[j + 3];
    to[o + 1] += a * rgb[i + 1] + b * rgb[i + 4] + c * rgb[j + 1] + d * rgb[j + 4];
    to[o + 2] += a * rgb[i + 2] + b * rgb[i + 5] + c * rgb[j + 2] + d * rgb[j + 5];
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
        double bright = day.sky(1) * 0.85 + day.sun(1) * (c == 2 ? 0.115 : 0.11);
        double blue = sky * (1.05 + 0.75 * glow) + day.sun(c) * (0.03 + 0.25 * halo);
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
