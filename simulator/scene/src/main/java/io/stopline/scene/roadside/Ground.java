package io.stopline.scene.roadside;

import io.stopline.scene.camera.View;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.light.Headlights;
import io.stopline.scene.texture.Band;
import org.jspecify.annotations.Nullable;

/**
 * Road, verge and fields as one level plane, textured by true place on the ground and filtered over
 * each pixel's footprint there, which the vehicle's motion during exposure lengthens. Immutable.
 */
final class Ground {

  /** From here on the ground melts into the panorama, m. */
  private static final float MELT_FROM = 170;

  private static final float MELT_TO = 340;

  private final CrossSection section;
  private final Panorama panorama;
  private final float[] sunlit = new float[3];
  private final float[] shaded = new float[3];
  private final float[] air = new float[3];
  private final float[] through = new float[512];
  private final @Nullable Headlights headlights;

  Ground(CrossSection section, Panorama panorama, Daylight day) {
    this.section = section;
    this.panorama = panorama;
    this.headlights = day.headlights();
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
    Spans spans = new Spans(view, rays, shadows, band.rgb());
    for (int y = band.top(); y < band.bottom(); y++) {
      rays.row(y, MELT_TO, MELT_FROM);
      int x = band.left();
      while (x < band.right()) {
        int end = Math.min(band.right(), (x | (Rays.STEP - 1)) + 1);
        int n = rays.node(x);
        if (Math.min(rays.depth[n], rays.depth[n + 1]) < MELT_TO) {
          spans.paint(n, x & (Rays.STEP - 1), end - x, band.index(x, y));
        }
        if (Math.max(rays.depth[n], rays.depth[n + 1]) > MELT_FROM) {
          float melt = 1 / (MELT_TO - MELT_FROM);
          panorama.lay(rays, n, x, end, MELT_FROM, melt, band.rgb(), band.index(x, y));
        }
        x = end;
      }
    }
  }

  /** Paints the ground between two nodes; belongs to one thread. */
  private final class Spans {
    private static final float PART = 1f / Rays.STEP;

    private final Rays rays;
    private final ShadowMap shadows;
    private final float[] rgb;
    private final float travel;
    private final float focal;
    private final float height;
    private final float[] fine = new float[Rays.STEP];
    private final float[] wide = new float[Rays.STEP];
    private final float[] colour = new float[4];
    private final float[] near = new float[4];
    private final float[] far = new float[4];

    /** Light on the ground after haze: at the left node, and its change by pixel. */
    private final float[] light = new float[6];

    Spans(View view, Rays rays, ShadowMap shadows, float[] rgb) {
      this.rays = rays;
      this.shadows = shadows;
      this.rgb = rgb;
      this.travel = (float) view.travel();
      this.focal = (float) view.lens().focal();
      this.height = (float) view.height();
    }

    void paint(int n, int from, int count, int o) {
      float z = Math.min(rays.depth[n], MELT_TO);
      float across = z / focal;
      float length = z * z / (height * focal) + travel;
      float l0 = rays.lateral[n];
      float l1 = rays.lateral[n + 1];
      float aside = Math.min(40, Math.abs(l0));
      // A step down the picture moves sideways too, the more the farther to the side.
      float slanted = across * (float) Math.sqrt(1 + 0.3f * aside * aside / (height * height));
      boolean green = section.isGreen(l0, l1);
      // Grass stands up: seen along the ground it does not blur into streaks as asphalt does.
      float grain = green ? Math.min(length, 4 * across + travel) : length;
      GroundTexture.fine(rays, n, from, count, slanted, grain, fine);
      GroundTexture.wide(rays, n, from, count, slanted, length, wide);
      float trans = through[(int) (z * ((through.length - 1) / Rays.FARTHEST))];
      float sun0 = shadows.sun(l0, rays.along[n]);
      float sun1 = shadows.sun(l1, rays.along[n + 1]);
      for (int c = 0; c < 3; c++) {
        light[c] = (shaded[c] + sunlit[c] * sun0) * trans;
        light[3 + c] = sunlit[c] * (sun1 - sun0) * trans * PART;
      }
      if (headlights != null) {
        double lux0 = headlights.lux(l0, 0, z);
        double lux1 = headlights.lux(l1, 0, z);
        for (int c = 0; c < 3; c++) {
          float left = headlights.onRoad(lux0, c) * trans;
          light[c] += left;
          light[3 + c] += (headlights.onRoad(lux1, c) * trans - left) * PART;
        }
      }
      float haze = 1 - trans;
      if (green) {
        grass(n, from, count, o, haze);
      } else if (section.isBareAsphalt(l0, l1, across)) {
        asphalt(n, from, count, o, haze);
      } else {
        any(n, from, count, o, haze, across, length);
      }
    }

    private void grass(int n, int from, int count, int o, float haze) {
      section.verge(rays.lateral[n], near);
      section.verge(rays.lateral[n + 1], far);
      for (int c = 0; c < 4; c++) {
        far[c] = (far[c] - near[c]) * PART;
      }
      float[] to = rgb;
      int p = o;
      for (int i = 0; i < count; i++, p += 3) {
        int k = from + i;
        float f = fine[i];
        float w = wide[i];
        float bright = CrossSection.tufts(near[3] + far[3] * k, f, w);
        float dry = CrossSection.dry(w);
        to[p] = (near[0] + far[0] * k + dry) * bright * (light[0] + light[3] * k) + air[0] * haze;
        to[p + 1] =
            (near[1] + far[1] * k + 0.8f * dry) * bright * (light[1] + light[4] * k)
                + air[1] * haze;
        to[p + 2] =
            (near[2] + far[2] * k + 0.3f * dry) * bright * (light[2] + light[5] * k)
                + air[2] * haze;
      }
    }

    private void asphalt(int n, int from, int count, int o, float haze) {
      float tone0 = section.tarTone(rays.lateral[n]);
      float tone = (section.tarTone(rays.lateral[n + 1]) - tone0) * PART;
      float[] to = rgb;
      int p = o;
      for (int i = 0; i < count; i++, p += 3) {
        int k = from + i;
        float grey = section.tar(tone0 + tone * k, fine[i], wide[i]);
        to[p] = grey * (light[0] + light[3] * k) + air[0] * haze;
        to[p + 1] = grey * CrossSection.TAR_GREEN * (light[1] + light[4] * k) + air[1] * haze;
        to[p + 2] = grey * CrossSection.TAR_BLUE * (light[2] + light[5] * k) + air[2] * haze;
      }
    }

    private void any(int n, int from, int count, int o, float haze, float across, float length) {
      float l0 = rays.lateral[n];
      float dl = (rays.lateral[n + 1] - l0) * PART;
      float s0 = rays.along[n];
      float ds = (rays.along[n + 1] - s0) * PART;
      int p = o;
      for (int i = 0; i < count; i++, p += 3) {
        int k = from + i;
        section.albedo(l0 + dl * k, s0 + ds * k, across, length, fine[i], wide[i], colour);
        rgb[p] = colour[0] * (light[0] + light[3] * k) + air[0] * haze;
        rgb[p + 1] = colour[1] * (light[1] + light[4] * k) + air[1] * haze;
        rgb[p + 2] = colour[2] * (light[2] + light[5] * k) + air[2] * haze;
      }
    }
  }
}
