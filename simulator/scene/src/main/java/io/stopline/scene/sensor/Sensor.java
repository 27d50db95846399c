package io.stopline.scene.sensor;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.texture.Band;
import io.stopline.scene.texture.Srgb;
import io.stopline.sdk.random.RandomStream;

/**
 * Makes 8-bit sRGB of linear light: vignetting, shot and read noise, a shoulder that rolls off the
 * highlights, and quantisation. Immutable.
 */
public final class Sensor {

  private static final long STREAM = 0x4e6f_6973_65L;

  /** Variance of the shot noise of full light: a well of about 9,000 electrons. */
  private static final double SHOT = 1.1e-4;

  /** Variance of the read noise. */
  private static final double READ = 2.5e-6;

  /** Share of the natural cos⁴ fall-off that the lens does not make up for. */
  private static final float VIGNETTING = 0.55f;

  /** Linear light from which on the shoulder bends. */
  private static final double KNEE = 0.62;

  /** The tone curve's end; beyond it all is white. */
  private static final float BRIGHTEST = 2.5f;

  private static final int TONES = 1 << 13;
  private static final float TONES_PER_LIGHT = TONES / BRIGHTEST;

  /** Side of the blocks in which the noise tile is shifted anew. */
  private static final int BLOCK_BITS = 6;

  private final Lens lens;
  private final long seed;
  private final byte[] tone = new byte[TONES];
  private final float shot;
  private final float read;

  public Sensor(Camera camera, Lens lens, long seed) {
    this(camera, lens, seed, 1);
  }

  /**
   * @param sensitivity how much the signal is amplified, 1 by day
   */
  public Sensor(Camera camera, Lens lens, long seed, double sensitivity) {
    this.lens = lens;
    this.seed = RandomStream.derive(seed, STREAM);
    for (int i = 0; i < TONES; i++) {
      double light = shoulder((i + 0.5) * BRIGHTEST / TONES);
      tone[i] = (byte) Math.round(255 * Srgb.encode(light));
    }
    shot = (float) (camera.noise() * camera.noise() * SHOT * sensitivity);
    read = (float) (camera.noise() * camera.noise() * READ * sensitivity * sensitivity);
  }

  private static double shoulder(double light) {
    if (light <= KNEE) {
      return light;
    }
    double room = 1 - KNEE;
    return KNEE + room * (1 - StrictMath.exp(-(light - KNEE) / room));
  }

  /**
   * Writes the pixels of a band.
   *
   * @param pixels takes three bytes a pixel
   * @param offset index of the band's first pixel in it
   * @param stride bytes from row to row
   * @param blueFirst order of the bytes
   */
  public void develop(
      Band band, int frame, byte[] pixels, int offset, int stride, boolean blueFirst) {
    long frameSeed = RandomStream.derive(seed, frame);
    int n = 3 * (band.right() - band.left());
    // Per channel, so that the loops over them run on vector units.
    float[] squares = new float[n];
    for (int i = 0; i < n; i++) {
      float px = lens.planeX(band.left() + i / 3 + 0.5f);
      squares[i] = VIGNETTING * px * px;
    }
    float[] noise = new float[n];
    float[] light = new float[n];
    float[] rgb = new float[n];
    for (int y = band.top(); y < band.bottom(); y++) {
      float py = lens.planeY(y + 0.5f);
      noise(band, y, frameSeed, noise);
      // A loop that reads from an offset does not run on vector units, so the row is copied.
      System.arraycopy(band.rgb(), band.index(band.left(), y), rgb, 0, n);
      expose(rgb, squares, VIGNETTING * py * py, noise, light);
      int row = offset + (y - band.top()) * stride;
      if (blueFirst) {
        for (int i = 0; i < n; i += 3) {
          pixels[row + i] = value(light[i + 2]);
          pixels[row + i + 1] = value(light[i + 1]);
          pixels[row + i + 2] = value(light[i]);
        }
      } else {
        for (int i = 0; i < n; i++) {
          pixels[row + i] = value(light[i]);
        }
      }
    }
  }

  private void expose(float[] rgb, float[] squares, float square, float[] noise, float[] light) {
    float shot = this.shot;
    float read = this.read;
    float base = 1 + square;
    for (int i = 0; i < light.length; i++) {
      float falloff = 1 / (base + squares[i]);
      float v = rgb[i] * falloff * falloff;
      light[i] = (v + noise[i] * (float) Math.sqrt(v * shot + read)) * TONES_PER_LIGHT;
    }
  }

  private static void noise(Band band, int y, long frameSeed, float[] noise) {
    float[] tile = NoiseTile.values();
    int last = NoiseTile.SIDE - 1;
    int x = band.left();
    while (x < band.right()) {
      int block = x >> BLOCK_BITS;
      int end = Math.min(band.right(), (block + 1) << BLOCK_BITS);
      long shift = RandomStream.derive(frameSeed, ((long) (y >> BLOCK_BITS) << 32) + block);
      int row = NoiseTile.SIDE * ((y + (int) (shift >>> 40)) & last);
      int shiftX = (int) (shift >>> 20) & last;
      while (x < end) {
        int from = (x + shiftX) & last;
        int run = Math.min(end - x, NoiseTile.SIDE - from);
        System.arraycopy(tile, 3 * (row + from), noise, 3 * (x - band.left()), 3 * run);
        x += run;
      }
    }
  }

  private byte value(float tones) {
    int at = (int) tones;
    return tone[at < 0 ? 0 : at >= TONES ? TONES - 1 : at];
  }
}
