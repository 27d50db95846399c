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
      rays.row(y, MELT_TO, MELT_FROM);
      int x = band.left();
      while (x < band.right()) {
        int end = Math.min(band.right(), (x | Rays.STEP - 1) + 1);
        span(view, rays, x, end, band.rgb(), band.index(x, y), shadows);
        x = end;
      }
    }
  }

  private void span(
      View view, Rays rays, int x0, int x1, float[] rgb, int first, ShadowMap shadows) {
    int n = rays.node(x0);
    if (Math.min(rays.depth[n], rays.depth[n + 1]) < MELT_TO) {
      ground(view, rays, n, x0, x1, rgb, first, shadows);
    }
    if (Math.max(rays.depth[n], rays.depth[n + 1]) > MELT_FROM) {
      panorama.lay(rays, n, x0, x1, MELT_FROM, 1 / (MELT_TO - MELT_FROM), rgb, first);
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
    // Grass stands up: seen along the ground it does not blur into streaks as asphalt does.
    float grain =
        section.isGreen(rays.lateral[n], rays.lateral[n + 1])
            ? Math.min(alongMetres, 4 * acrossMetres + (float) view.travel())
            : alongMetres;
    int fi = level(slanted * (SIDE / FINE_METRES), bits - 3);
    float fj = steps(grain * (SIDE / FINE_METRES), bits - 3);
    int fj0 = (int) fj;
    int fPart = (int) ((fj - fj0) * 256);
    short[] fineA = FINE.level(fi, fj0);
    short[] fineB = FINE.level(fi, fj0 + 1);
    int ci = level(slanted * (SIDE / COARSE_METRES), bits - 3);
    int cj = level(alongMetres * (SIDE / COARSE_METRES), bits - 3);
    short[] coarse = COARSE.level(ci, cj);
    float dl = (rays.lateral[n + 1] - rays.lateral[n]) * part;
    float ds = (rays.along[n + 1] - rays.along[n]) * part;
    float l0 = rays.lateral[n];
    float s0 = rays.along[n];
    int fu = fixed(l0, FINE_METRES, fi);
    int fdu = fixed(dl, FINE_METRES, fi);
    int fv = fixed(s0, FINE_METRES, fj0);
    int fdv = fixed(ds, FINE_METRES, fj0);
    int cu = fixed(l0, COARSE_METRES, ci);
    int cdu = fixed(dl, COARSE_METRES, ci);
    int cv = fixed(s0, COARSE_METRES, cj);
    int cdv = fixed(ds, COARSE_METRES, cj);
    float trans = through[(int) (z * ((through.length - 1) / Rays.FARTHEST))];
    float haze = 1 - trans;
    float[] albedo = new float[3];
    int o = first;
    for (int x = x0; x < x1; x++, o += 3) {
      int k = x & Rays.STEP - 1;
      float l = l0 + dl * k;
      float s = s0 + ds * k;
      int u = fu + fdu * k;
      int v = fv + fdv * k;
      int near = RipMap.at(fineA, bits - fi, bits - fj0, u, v);
      int next = RipMap.at(fineB, bits - fi, bits - fj0 - 1, u, v >> 1);
      float fine = (near + (((next - near) * fPart) >> 8)) * (1f / RipMap.UNIT);
      float wide =
          RipMap.at(coarse, bits - ci, bits - cj, cu + cdu * k, cv + cdv * k) * (1f / RipMap.UNIT);
      section.albedo(l, s, acrossMetres, alongMetres, fine, wide, albedo);
      float sun = shadows.sun(l, s);
      rgb[o] = albedo[0] * (shaded[0] + sunlit[0] * sun) * trans + air[0] * haze;
      rgb[o + 1] = albedo[1] * (shaded[1] + sunlit[1] * sun) * trans + air[1] * haze;
      rgb[o + 2] = albedo[2] * (shaded[2] + sunlit[2] * sun) * trans + air[2] * haze;
    }
  }

  /** A place in parts of a texel of a tile's copy; overflow wraps it by whole tiles. */
  private static int fixed(float metres, float tileMetres, int halvings) {
    return (int)
        (long) (metres * (double) (SIDE >> halvings) / tileMetres * (1 << RipMap.FIXED_BITS));
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
