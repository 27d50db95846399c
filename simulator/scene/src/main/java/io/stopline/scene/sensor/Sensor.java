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

  private static final float BRIGHTEST = 4;
  private static final int TONES = 1 << 15;
  private static final int SIGMAS = 1 << 10;

  /** Side of the blocks in which the noise tile is shifted anew. */
  private static final int BLOCK_BITS = 6;

  private final Lens lens;
  private final long seed;
  private final byte[] tone = new byte[TONES];
  private final float[] sigma = new float[SIGMAS];

  public Sensor(Camera camera, Lens lens, long seed) {
    this.lens = lens;
    this.seed = RandomStream.derive(seed, STREAM);
    for (int i = 0; i < TONES; i++) {
      double light = shoulder((i + 0.5) * BRIGHTEST / TONES);
      tone[i] = (byte) Math.round(255 * Srgb.encode(light));
    }
    for (int i = 0; i < SIGMAS; i++) {
      double light = (i + 0.5) * BRIGHTEST / SIGMAS;
      sigma[i] = (float) (camera.noise() * Math.sqrt(SHOT * light + READ) / NoiseTile.STEPS);
    }
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
    float[] rgb = band.rgb();
    byte[] noise = NoiseTile.values();
    long frameSeed = RandomStream.derive(seed, frame);
    int first = blueFirst ? 2 : 0;
    for (int y = band.top(); y < band.bottom(); y++) {
      float py = lens.planeY(y + 0.5f);
      int out = offset + (y - band.top()) * stride;
      int in = band.index(band.left(), y);
      int x = band.left();
      while (x < band.right()) {
        int block = x >> BLOCK_BITS;
        int end = Math.min(band.right(), (block + 1) << BLOCK_BITS);
        long shift = RandomStream.derive(frameSeed, ((long) (y >> BLOCK_BITS) << 32) + block);
        int tileRow = NoiseTile.SIDE * ((y + (int) (shift >>> 40)) & NoiseTile.SIDE - 1);
        int shiftX = (int) (shift >>> 20) & NoiseTile.SIDE - 1;
        for (; x < end; x++, in += 3, out += 3) {
          float px = lens.planeX(x + 0.5f);
          float falloff = 1 / (1 + VIGNETTING * (px * px + py * py));
          falloff *= falloff;
          int n = 3 * (tileRow + (x + shiftX & NoiseTile.SIDE - 1));
          pixels[out + first] = value(rgb[in] * falloff, noise[n]);
          pixels[out + 1] = value(rgb[in + 1] * falloff, noise[n + 1]);
          pixels[out + 2 - first] = value(rgb[in + 2] * falloff, noise[n + 2]);
        }
      }
    }
  }

  private byte value(float light, int noise) {
    int at = Math.min(SIGMAS - 1, (int) (light * (SIGMAS / BRIGHTEST)));
    float noisy = light + noise * sigma[at];
    return tone[Math.max(0, Math.min(TONES - 1, (int) (noisy * (TONES / BRIGHTEST))))];
  }
}
