package io.stopline.scene.roadside;

import io.stopline.scene.camera.View;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.texture.Band;
import io.stopline.scene.texture.Noise;
import io.stopline.scene.texture.RipMap;

/**
 * Road, verge and fields as one level plane, textured by true place on the ground and filtered over
 * each pixel's footprint there. Immutable.
 */
final class Ground {

  /** From here on the ground melts into the panorama, m. */
  private static final float MELT_FROM = 170;

  private static final float MELT_TO = 340;

  private static final int SIDE = 512;
  private static final float FINE_METRES = 4;
  private static final float COARSE_METRES = 44;
  private static final float SHIFT_METRES = 880;

  private static final RipMap FINE = new RipMap(SIDE, Noise.tile(SIDE, 16, 6, 0.95, 0x6669L));
  private static final RipMap COARSE = new RipMap(SIDE, Noise.tile(SIDE, 8, 7, 0.62, 0x636fL));

  private final CrossSection section;
  private final Panorama panorama;
  private final float[] sunlit = new float[3];
  private final float[] shaded = new float[3];
  private final float[] air = new float[3];
  private final float[] through = new float[512];

  Ground(CrossSection section, Panorama panorama, Daylight day) {
    this.section = section;
    this.panorama = panorama;
    double[] up = {0, -1, 0};
    float[] all = day.onSurface(up, 1);
    float[] sky = day.onSurface(up, 0);
    for (int c = 0; c < 3; c++) {
      sunlit[c] = all[c] - sky[c];
      shaded[c] = sky[c];
      air[c] = day.air(c);
    }
    for (int i = 0; i < through.length; i++) {
      through[i] = (float) day.transmission(i * Rays.FARTHEST / (through.length - 1));
    }
  }

  void paint(View view, Band band, ShadowMap shadows) {
    Rays rays = new Rays(view, band.left(), band.right());
    for (int y = band.top(); y < band.bottom(); y++) {
      rays.row(y);
      int x = band.left();
      while (x < band.right()) {
        int end = Math.min(band.right(), (x | Rays.STEP - 1) + 1);
        span(view, rays, rays.node(x), x, end, band.rgb(), band.index(x, y), shadows);
        x = end;
      }
    }
  }

  private void span(
      View view, Rays rays, int n, int x0, int x1, float[] rgb, int first, ShadowMap shadows) {
    float part = 1f / Rays.STEP;
    float depth = Math.min(rays.depth[n], rays.depth[n + 1]);
    int o = first;
    if (depth < MELT_TO) {
      ground(view, rays, n, x0, x1, rgb, first, shadows);
    }
    if (Math.max(rays.depth[n], rays.depth[n + 1]) <= MELT_FROM) {
      return;
    }
    for (int x = x0; x < x1; x++, o += 3) {
      float t = (x & Rays.STEP - 1) * part;
      float z = rays.depth[n] + (rays.depth[n + 1] - rays.depth[n]) * t;
      float far = Math.max(0, Math.min(1, (z - MELT_FROM) / (MELT_TO - MELT_FROM)));
      if (far > 0) {
        rgb[o] *= 1 - far;
        rgb[o + 1] *= 1 - far;
        rgb[o + 2] *= 1 - far;
        panorama.add(
            rays.azimuth[n] + (rays.azimuth[n + 1] - rays.azimuth[n]) * t,
            rays.slope[n] + (rays.slope[n + 1] - rays.slope[n]) * t,
            far,
            rgb,
            o);
      }
    }
  }

  private void ground(
      View view, Rays rays, int n, int x0, int x1, float[] rgb, int first, ShadowMap shadows) {
    float part = 1f / Rays.STEP;
    float z = Math.min(rays.depth[n], MELT_TO);
    float focal = (float) view.lens().focal();
    float h = (float) view.height();
    float acrossMetres = z / focal;
    float alongMetres = z * z / (h * focal) + (float) view.travel();
    float lateral = Math.min(40, Math.abs(rays.lateral[n]));
    // A step down the picture moves sideways too, the more the farther to the side.
    float slanted = acrossMetres * (float) Math.sqrt(1 + 0.3f * lateral * lateral / (h * h));
    int bits = FINE.bits();
    int fi = level(slanted * (SIDE / FINE_METRES), bits - 3);
    float fj = steps(alongMetres * (SIDE / FINE_METRES), bits - 3);
    int fj0 = (int) fj;
    float fPart = fj - fj0;
    float[] fineA = FINE.level(fi, fj0);
    float[] fineB = FINE.level(fi, fj0 + 1);
    float fineX = (float) (SIDE >> fi) / FINE_METRES;
    float fineY = (float) (SIDE >> fj0) / FINE_METRES;
    int ci = level(slanted * (SIDE / COARSE_METRES), bits - 3);
    int cj = level(alongMetres * (SIDE / COARSE_METRES), bits - 3);
    float[] coarse = COARSE.level(ci, cj);
    float coarseX = (float) (SIDE >> ci) / COARSE_METRES;
    float coarseY = (float) (SIDE >> cj) / COARSE_METRES;
    float trans = through[(int) (z * ((through.length - 1) / Rays.FARTHEST))];
    float[] albedo = new float[3];
    int o = first;
    for (int x = x0; x < x1; x++, o += 3) {
      float t = (x & Rays.STEP - 1) * part;
      float l = rays.lateral[n] + (rays.lateral[n + 1] - rays.lateral[n]) * t;
      float s = rays.along[n] + (rays.along[n + 1] - rays.along[n]) * t;
      float lp = l + SHIFT_METRES;
      float sp = s + SHIFT_METRES;
      float fine =
          RipMap.at(fineA, bits - fi, bits - fj0, lp * fineX, sp * fineY) * (1 - fPart)
              + RipMap.at(fineB, bits - fi, bits - fj0 - 1, lp * fineX, sp * fineY * 0.5f) * fPart;
      float wide = RipMap.at(coarse, bits - ci, bits - cj, lp * coarseX, sp * coarseY);
      section.albedo(l, s, acrossMetres, alongMetres, fine, wide, albedo);
      float sun = shadows.sun(l, s);
      for (int c = 0; c < 3; c++) {
        float radiance = albedo[c] * (shaded[c] + sunlit[c] * sun);
        rgb[o + c] = radiance * trans + air[c] * (1 - trans);
      }
    }
  }

  /** Halvings after which a texel is as large as the footprint, whole. */
  private static int level(float texels, int most) {
    return Math.max(0, Math.min(most, Math.getExponent(Math.max(1, texels * 0.85f))));
  }

  /** As {@link #level} with the part between two levels. */
  private static float steps(float texels, int most) {
    float at = Math.max(1, texels * 0.85f);
    int whole = Math.getExponent(at);
    // The mantissa stands for its logarithm; the error is below a tenth of a level.
    float part = Float.intBitsToFloat((Float.floatToRawIntBits(at) & 0x7fffff) | 0x3f800000) - 1;
    return Math.min(most, whole + part);
  }
}
