package io.stopline.scene.roadside;

import io.stopline.scene.texture.Noise;
import io.stopline.sdk.random.RandomStream;

/**
 * A German country road of two lanes from side to side: asphalt, markings after RMS 1993 (edge
 * lines and a centre line of 4 m dashes and 8 m gaps, all 12 cm wide), verge, ditch, fields.
 * Colours are linear albedo. Immutable.
 */
final class CrossSection {

  private static final float LANE = 3.5f;
  private static final float LINE = 0.12f;
  private static final float DASH = 4;
  private static final float PERIOD = 12;
  private static final int STEPS = 1024;
  private static final float REACH = 48;
  private static final int STREAKS = 128;

  /** Green and blue of asphalt and paint over their red. */
  static final float TAR_GREEN = 0.995f;

  static final float TAR_BLUE = 0.975f;

  /** How far the asphalt's edge frays at most. */
  private static final float RAGGED = 0.3f;

  /** Middle of the road, seen from the middle of the vehicle's lane. */
  private static final float MIDDLE = -LANE / 2;

  private static final float HALF = LANE + 0.35f;

  private final float dashShift;
  private final float asphalt;
  private final float paint;

  /** Brightness of the asphalt from its left to its right edge. */
  private final float[] streaks = new float[STREAKS];

  /** By distance from the road's middle: red, green, blue of the ground and its roughness. */
  private final float[] table = new float[4 * (STEPS + 1)];

  CrossSection(long seed) {
    RandomStream random = new RandomStream(RandomStream.derive(seed, 31));
    dashShift = (float) random.uniform(0, PERIOD);
    asphalt = (float) random.uniform(0.085, 0.13);
    paint = (float) random.uniform(0.40, 0.60);
    double green = random.uniform(-0.01, 0.02);
    int leftField = random.nextInt(4);
    int rightField = random.nextInt(4);
    float[][] fields = {
      {0.095f, 0.125f, 0.05f},
      {0.15f, 0.155f, 0.085f},
      {0.105f, 0.09f, 0.066f},
      {0.075f, 0.115f, 0.04f}
    };
    float[] noise = Noise.tile(STREAKS, 16, 1, 4, 0.7, RandomStream.derive(seed, 32));
    for (int i = 0; i < STREAKS; i++) {
      streaks[i] = 1 + 0.07f * noise[i];
    }
    for (int i = 0; i <= STEPS; i++) {
      float l = -REACH + 2 * REACH * i / STEPS;
      float beyond = Math.abs(l) - HALF;
      float[] field = fields[l < 0 ? leftField : rightField];
      float gravel = clamp(1 - beyond / 0.5f) * 0.65f;
      float ditch = bump(beyond, 2.9f, 0.9f);
      float far = clamp((beyond - 5.2f) / 0.8f);
      float[] grass = {0.082f, (float) (0.105 + green), 0.042f};
      float[] stone = {0.16f, 0.15f, 0.128f};
      for (int c = 0; c < 3; c++) {
        float v = grass[c] + (field[c] - grass[c]) * far;
        v = v + (stone[c] - v) * gravel;
        table[4 * i + c] = v * (1 - 0.38f * ditch);
      }
      table[4 * i + 3] = 0.36f - 0.14f * far - 0.12f * gravel;
    }
  }

  /** Whether all between two lateral places lies off the road, on one side. */
  boolean isGreen(float from, float to) {
    float low = Math.min(from, to) - MIDDLE;
    float high = Math.max(from, to) - MIDDLE;
    return low > HALF + RAGGED || high < -HALF - RAGGED;
  }

  /** Whether all between two lateral places is asphalt without any paint. */
  boolean isBareAsphalt(float from, float to, float across) {
    float low = Math.min(from, to) - MIDDLE;
    float high = Math.max(from, to) - MIDDLE;
    float margin = LINE + across;
    boolean right = low > margin && high < LANE - 0.06f - margin;
    boolean left = high < -margin && low > 0.06f - LANE + margin;
    return right || left;
  }

  /** Brightness of the asphalt by place: tracks that tyres polish, and lengthwise streaks. */
  float tarTone(float lateral) {
    float fromMiddle = lateral - MIDDLE;
    float inLane = Math.abs(Math.abs(fromMiddle) - LANE / 2) - 0.75f;
    float track = clamp(1 - inLane * inLane * 8);
    float at = clamp((fromMiddle + HALF) * (1 / (2 * HALF))) * (STREAKS - 1);
    int i = (int) at;
    float streak =
        i >= STREAKS - 1
            ? streaks[STREAKS - 1]
            : streaks[i] + (streaks[i + 1] - streaks[i]) * (at - i);
    return streak - 0.06f * track;
  }

  /** Albedo of the asphalt. */
  float tar(float tone, float fine, float wide) {
    return asphalt * (tone + 0.17f * fine + 0.055f * wide);
  }

  /** Red, green and blue beside the road, and how rough it is there. */
  void verge(float lateral, float[] to) {
    float at = clamp((lateral - MIDDLE + REACH) * (1 / (2 * REACH))) * STEPS;
    int i = Math.min(STEPS - 1, (int) at);
    float t = at - i;
    int k = 4 * i;
    for (int c = 0; c < 4; c++) {
      to[c] = table[k + c] + (table[k + 4 + c] - table[k + c]) * t;
    }
  }

  /** Light and dark of tufts. */
  static float tufts(float rough, float fine, float wide) {
    float light = 1 + rough * (fine + 0.55f * wide);
    return light < 0.25f ? 0.25f : light;
  }

  /** How much drier than usual the grass is, as albedo of its red. */
  static float dry(float wide) {
    return 0.035f * (wide < -1 ? -1 : wide > 1.5f ? 1.5f : wide);
  }

  private static float clamp(float v) {
    // Not Math.min and max: their care for NaN and −0 costs more than the rest of a pixel.
    return v < 0 ? 0 : v > 1 ? 1 : v;
  }

  private static float bump(float x, float middle, float half) {
    float d = (x - middle) / half;
    return Math.max(0, 1 - d * d);
  }

  /**
   * Colour of the ground, averaged over a footprint.
   *
   * @param across size of the footprint across the road, m
   * @param length size of the footprint along the road, m
   * @param fine rough noise of mean 0, filtered over the footprint
   * @param wide the same, much coarser
   * @param rgb takes the linear albedo; its fourth number is scratch
   */
  void albedo(
      float lateral, float along, float across, float length, float fine, float wide, float[] rgb) {
    float fromMiddle = lateral - MIDDLE;
    float away = Math.abs(fromMiddle);
    float ragged = away + 0.05f * fine + 0.06f * wide;
    float off = clamp((ragged - HALF) / (across < 0.06f ? 0.06f : across) + 0.5f);
    if (off < 1) {
      float tar = tar(tarTone(lateral), fine, wide);
      float white = 0;
      float edge = Math.abs(away - (LANE - 0.06f));
      if (edge < LINE + across) {
        white = overlap(edge, LINE, across);
      } else if (away < LINE + across) {
        white = overlap(away, LINE, across) * dashes(along + dashShift, length);
      }
      white *= clamp(0.86f + 0.22f * fine + 0.10f * wide);
      float grey = tar + (paint * (1 + 0.06f * fine) - tar) * white;
      rgb[0] = grey;
      rgb[1] = grey * TAR_GREEN;
      rgb[2] = grey * TAR_BLUE;
      if (off == 0) {
        return;
      }
    }
    // The colour beside the road goes where only the asphalt's was.
    float tarGrey = rgb[0];
    verge(lateral, rgb);
    float light = tufts(rgb[3], fine, wide);
    float dry = dry(wide);
    rgb[0] = (rgb[0] + dry) * light;
    rgb[1] = (rgb[1] + 0.8f * dry) * light;
    rgb[2] = (rgb[2] + 0.3f * dry) * light;
    if (off < 1) {
      rgb[0] = tarGrey + (rgb[0] - tarGrey) * off;
      rgb[1] = tarGrey * TAR_GREEN + (rgb[1] - tarGrey * TAR_GREEN) * off;
      rgb[2] = tarGrey * TAR_BLUE + (rgb[2] - tarGrey * TAR_BLUE) * off;
    }
  }

  /** Share of a window of width {@code window} that a line covers whose middle is {@code d} off. */
  private static float overlap(float d, float line, float window) {
    float w = Math.max(0.004f, window);
    float covered = Math.min(d + w / 2, line / 2) - Math.max(d - w / 2, -line / 2);
    return Math.max(0, Math.min(1, covered / w));
  }

  /** Share of a stretch of road that dashes cover. */
  private static float dashes(float along, float window) {
    float w = Math.max(0.01f, window);
    return (painted(along + w / 2) - painted(along - w / 2)) / w;
  }

  /** Metres of dash from 0 on. */
  private static float painted(float along) {
    float whole = (float) Math.floor(along / PERIOD);
    return whole * DASH + Math.min(DASH, along - whole * PERIOD);
  }
}
