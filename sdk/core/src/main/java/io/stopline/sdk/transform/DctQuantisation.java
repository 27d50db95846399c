package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * The lossy step of JPEG: 8×8 blocks of Y, Cb and Cr are transformed by the discrete cosine
 * transform, divided by the standard's example tables (ITU-T T.81, tables K.1 and K.2, scaled by
 * quality as the Independent JPEG Group's encoder does), rounded and taken back. No chroma
 * subsampling, and nothing is rounded between but the coefficients. As a defence: Guo et al. 2018,
 * section 3.
 *
 * <p>A draw: the quality.
 *
 * @param minimumQuality 1..100; 100 keeps all but rounding
 * @param maximumQuality at least {@code minimumQuality}, at most 100
 */
public record DctQuantisation(int minimumQuality, int maximumQuality) implements SpatialTransform {

  private static final int BLOCK = 8;

  // cN is cos(N·π/16).
  private static final float C4 = (float) 0.7071067811865476;
  private static final float C6 = (float) 0.3826834323650898;
  private static final float C2_MINUS_C6 = (float) 0.5411961001461969;
  private static final float C2_PLUS_C6 = (float) 1.3065629648763766;
  private static final float TWO_C4 = 2 * C4;
  private static final float TWO_C2 = (float) 1.8477590650225735;
  private static final float TWO_C2_PLUS_C6 = 2 * C2_PLUS_C6;
  private static final float TWO_C2_MINUS_C6 = 2 * C2_MINUS_C6;

  /** Table K.1, in natural (row-major) order. */
  private static final int[] LUMINANCE = {
    16, 11, 10, 16, 24, 40, 51, 61, //
    12, 12, 14, 19, 26, 58, 60, 55, //
    14, 13, 16, 24, 40, 57, 69, 56, //
    14, 17, 22, 29, 51, 87, 80, 62, //
    18, 22, 37, 56, 68, 109, 103, 77, //
    24, 35, 55, 64, 81, 104, 113, 92, //
    49, 64, 78, 87, 103, 121, 120, 101, //
    72, 92, 95, 98, 112, 100, 103, 99
  };

  /** Table K.2. */
  private static final int[] CHROMINANCE = {
    17, 18, 24, 47, 99, 99, 99, 99, //
    18, 21, 26, 66, 99, 99, 99, 99, //
    24, 26, 56, 99, 99, 99, 99, 99, //
    47, 66, 99, 99, 99, 99, 99, 99, //
    99, 99, 99, 99, 99, 99, 99, 99, //
    99, 99, 99, 99, 99, 99, 99, 99, //
    99, 99, 99, 99, 99, 99, 99, 99, //
    99, 99, 99, 99, 99, 99, 99, 99
  };

  /** What the fast transform leaves each frequency multiplied by (Arai, Agui, Nakajima 1988). */
  private static final double[] SCALE = {
    1.0, 1.387039845, 1.306562965, 1.175875602, 1.0, 0.785694958, 0.541196100, 0.275899379
  };

  /**
   * For each quality 1..100 (index quality − 1), for luminance then chrominance: 64 factors from
   * fast coefficient to quantised one, 64 back.
   */
  private static final float[][] FACTORS = factors();

  /**
   * @throws IllegalArgumentException if the range is empty or leaves 1..100
   */
  public DctQuantisation {
    Ranges.ordered("dct-quantisation", "quality", minimumQuality, maximumQuality, 1, 100);
  }

  private static float[][] factors() {
    float[][] all = new float[100][256];
    for (int quality = 1; quality <= 100; quality++) {
      for (int i = 0; i < 128; i++) {
        int frequency = i & 63;
        int step = step(quality, i >= 64, frequency);
        double scale = SCALE[frequency / BLOCK] * SCALE[frequency % BLOCK];
        int at = (i < 64 ? 0 : 128) + frequency;
        all[quality - 1][at] = (float) (1 / (step * scale * BLOCK));
        all[quality - 1][at + 64] = (float) (step * scale / BLOCK);
      }
    }
    return all;
  }

  /**
   * What a coefficient is a multiple of after quantisation, in pixel values, for the orthonormal
   * transform of a block.
   *
   * @param quality 1..100
   * @param frequency 8 · (vertical) + horizontal, 0..63
   */
  public static int step(int quality, boolean chrominance, int frequency) {
    int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    int base = (chrominance ? CHROMINANCE : LUMINANCE)[frequency];
    return Math.max(1, Math.min(255, (base * percent + 50) / 100));
  }

  @Override
  public String name() {
    return "dct-quantisation";
  }

  @Override
  public int parameters() {
    return 1;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    into[offset] = minimumQuality + random.nextInt(maximumQuality - minimumQuality + 1);
  }

  @Override
  public void apply(
      double[] parameters,
      int offset,
      RandomStream noise,
      int[] pixels,
      int width,
      int height,
      SpatialScratch scratch) {
    float[] planes = scratch.floats();
    int stride = (width + BLOCK - 1) / BLOCK * BLOCK;
    int rows = (height + BLOCK - 1) / BLOCK * BLOCK;
    int plane = stride * rows;
    toPlanes(pixels, width, height, planes, stride, rows);
    float[] factors = FACTORS[(int) parameters[offset] - 1];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < rows; y += BLOCK) {
        for (int x = 0; x < stride; x += BLOCK) {
          quantise(planes, c * plane + y * stride + x, stride, factors, c == 0 ? 0 : 128);
        }
      }
    }
    fromPlanes(planes, stride, plane, pixels, width, height);
  }

  private static void toPlanes(
      int[] pixels, int width, int height, float[] planes, int stride, int rows) {
    int plane = stride * rows;
    for (int y = 0; y < rows; y++) {
      int source = 3 * width * Math.min(y, height - 1);
      int at = y * stride;
      for (int x = 0; x < width; x++) {
        float r = pixels[source + 3 * x];
        float g = pixels[source + 3 * x + 1];
        float b = pixels[source + 3 * x + 2];
        // JFIF; Cb and Cr without their offset of 128, which the level shift takes off again.
        planes[at + x] = 0.299f * r + 0.587f * g + 0.114f * b - 128;
        planes[at + x + plane] = -0.168736f * r - 0.331264f * g + 0.5f * b;
        planes[at + x + 2 * plane] = 0.5f * r - 0.418688f * g - 0.081312f * b;
      }
      for (int x = width; x < stride; x++) {
        planes[at + x] = planes[at + width - 1];
        planes[at + x + plane] = planes[at + width - 1 + plane];
        planes[at + x + 2 * plane] = planes[at + width - 1 + 2 * plane];
      }
    }
  }

  private static void fromPlanes(
      float[] planes, int stride, int plane, int[] pixels, int width, int height) {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * stride + x;
        float luma = planes[at] + 128.5f;
        float cb = planes[at + plane];
        float cr = planes[at + 2 * plane];
        int i = 3 * (y * width + x);
        pixels[i] = clip((int) (luma + 1.402f * cr));
        pixels[i + 1] = clip((int) (luma - 0.344136f * cb - 0.714136f * cr));
        pixels[i + 2] = clip((int) (luma + 1.772f * cb));
      }
    }
  }

  private static int clip(int value) {
    return Math.max(0, Math.min(255, value));
  }

  /** One block there, quantised, and back, in place. */
  private static void quantise(float[] p, int at, int stride, float[] factors, int table) {
    for (int y = 0; y < BLOCK; y++) {
      forward(p, at + y * stride, 1);
    }
    for (int x = 0; x < BLOCK; x++) {
      forward(p, at + x, stride);
    }
    // Adding 1.5 · 2²³ leaves no room for a fraction: rounds to nearest, exactly, on every machine.
    float magic = 12582912f;
    float magnitude = 0;
    float constant = (p[at] * factors[table] + magic - magic) * factors[table + 64];
    for (int y = 0; y < BLOCK; y++) {
      int row = at + y * stride;
      int factor = table + BLOCK * y;
      for (int x = 0; x < BLOCK; x++) {
        float level = p[row + x] * factors[factor + x] + magic - magic;
        magnitude += Math.abs(level);
        p[row + x] = level * factors[factor + x + 64];
      }
    }
    if (magnitude * factors[table + 64] <= Math.abs(constant)) {
      // Only the mean is left, as often in chrominance: the block is flat.
      for (int y = 0; y < BLOCK; y++) {
        int row = at + y * stride;
        for (int x = 0; x < BLOCK; x++) {
          p[row + x] = constant;
        }
      }
      return;
    }
    for (int x = 0; x < BLOCK; x++) {
      inverse(p, at + x, stride);
    }
    for (int y = 0; y < BLOCK; y++) {
      inverse(p, at + y * stride, 1);
    }
  }

  /** Eight values, one forward transform (Arai, Agui, Nakajima 1988), scaled by {@link #SCALE}. */
  private static void forward(float[] p, int at, int step) {
    float d0 = p[at];
    float d1 = p[at + step];
    float d2 = p[at + 2 * step];
    float d3 = p[at + 3 * step];
    float d4 = p[at + 4 * step];
    float d5 = p[at + 5 * step];
    float d6 = p[at + 6 * step];
    float d7 = p[at + 7 * step];
    float s07 = d0 + d7;
    float s16 = d1 + d6;
    float s25 = d2 + d5;
    float s34 = d3 + d4;
    float t07 = d0 - d7;
    float t16 = d1 - d6;
    float t25 = d2 - d5;
    float t34 = d3 - d4;
    // Even frequencies.
    float e0 = s07 + s34;
    float e3 = s07 - s34;
    float e1 = s16 + s25;
    float e2 = (s16 - s25 + e3) * C4;
    p[at] = e0 + e1;
    p[at + 4 * step] = e0 - e1;
    p[at + 2 * step] = e3 + e2;
    p[at + 6 * step] = e3 - e2;
    // Odd frequencies.
    float o0 = t34 + t25;
    float o1 = (t25 + t16) * C4;
    float o2 = t16 + t07;
    float z5 = (o0 - o2) * C6;
    float z2 = C2_MINUS_C6 * o0 + z5;
    float z4 = C2_PLUS_C6 * o2 + z5;
    float z11 = t07 + o1;
    float z13 = t07 - o1;
    p[at + 5 * step] = z13 + z2;
    p[at + 3 * step] = z13 - z2;
    p[at + step] = z11 + z4;
    p[at + 7 * step] = z11 - z4;
  }

  /** The inverse of {@link #forward}. */
  private static void inverse(float[] p, int at, int step) {
    float c0 = p[at];
    float c1 = p[at + step];
    float c2 = p[at + 2 * step];
    float c3 = p[at + 3 * step];
    float c4 = p[at + 4 * step];
    float c5 = p[at + 5 * step];
    float c6 = p[at + 6 * step];
    float c7 = p[at + 7 * step];
    // Even frequencies.
    float e0 = c0 + c4;
    float e1 = c0 - c4;
    float e3 = c2 + c6;
    float e2 = (c2 - c6) * TWO_C4 - e3;
    float s0 = e0 + e3;
    float s3 = e0 - e3;
    float s1 = e1 + e2;
    float s2 = e1 - e2;
    // Odd frequencies.
    float z13 = c5 + c3;
    float z10 = c5 - c3;
    float z11 = c1 + c7;
    float z12 = c1 - c7;
    float t7 = z11 + z13;
    float z5 = (z10 + z12) * TWO_C2;
    float t6 = z5 - z10 * TWO_C2_PLUS_C6 - t7;
    float t5 = (z11 - z13) * TWO_C4 - t6;
    float t4 = z5 - z12 * TWO_C2_MINUS_C6 - t5;
    p[at] = s0 + t7;
    p[at + 7 * step] = s0 - t7;
    p[at + step] = s1 + t6;
    p[at + 6 * step] = s1 - t6;
    p[at + 2 * step] = s2 + t5;
    p[at + 5 * step] = s2 - t5;
    p[at + 3 * step] = s3 + t4;
    p[at + 4 * step] = s3 - t4;
  }
}
