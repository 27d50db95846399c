package io.stopline.scene.roadside;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.View;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.texture.Band;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Drops between the camera and what it looks at, each a streak of the way that it falls while the
 * shutter is open, seen from a moving vehicle. As many as the size distribution of Marshall and
 * Palmer 1948 gives; those nearer than {@value #FARTHEST} m are drawn one by one, the others only
 * take sight away. Immutable.
 */
public final class Rain {

  private static final long STREAM = 0x5261_696eL;

  private static final double NEAREST = 0.7;
  private static final double FARTHEST = 4;

  /** Smaller drops are no streaks that one would see, mm. */
  private static final double SMALLEST_MM = 1;

  /** Drops of a cubic metre and a millimetre of diameter (Marshall and Palmer 1948). */
  private static final double DROPS = 8000;

  private static final int MOST = 20_000;

  /** A drop shows most of what is above and behind it: mainly sky. */
  private static final float SKY = 0.9f;

  private final double perMetre;
  private final double slope;
  private final long seed;
  private final float[] radiance = new float[3];

  private record Streak(double x0, double y0, double x1, double y1, double width, float opacity) {}

  /** One frame's drops. */
  public interface Shown {

    /** Lays the drops over what the band shows. */
    void paint(Band band);
  }

  /** The scenario's rain. */
  public Rain(Scenario scenario, Daylight day) {
    double rate = scenario.weather().rain();
    slope = 4.1 * StrictMath.pow(rate, -0.21);
    perMetre = DROPS / slope * StrictMath.exp(-slope * SMALLEST_MM);
    seed = RandomStream.derive(scenario.seed(), STREAM);
    for (int c = 0; c < 3; c++) {
      radiance[c] = SKY * day.air(c);
    }
  }

  /**
   * Visibility with rain in the air, m: extinction of 1.076 R^0.67 dB a kilometre (Carbonneau and
   * Wisely 1998) beside what there is.
   *
   * @param visibility without it, m
   * @param rate mm an hour
   */
  public static double visibility(double visibility, double rate) {
    if (!(rate > 0)) {
      return visibility;
    }
    double perMetre = 1.076 * StrictMath.pow(rate, 0.67) / 4.343 / 1000;
    return 1 / (1 / visibility + perMetre / 2.9957);
  }

  /**
   * The drops of a frame.
   *
   * @param opening the camera when the shutter opens
   * @param seconds that it is open
   */
  public Shown seenFrom(View opening, int frame, double seconds) {
    RandomStream random = new RandomStream(RandomStream.derive(seed, frame));
    Lens lens = opening.lens();
    double halfWidth = 1.1 * lens.width() / 2 / lens.focal();
    double halfHeight = 1.1 * lens.height() / 2 / lens.focal();
    double solid = 4 * halfWidth * halfHeight / 3;
    double volume = solid * (FARTHEST * FARTHEST * FARTHEST - NEAREST * NEAREST * NEAREST);
    int count = (int) Math.min(MOST, Math.round(perMetre * volume));
    double open = Math.max(1e-4, seconds);
    List<Streak> streaks = new ArrayList<>();
    double[] from = new double[2];
    double[] to = new double[2];
    for (int i = 0; i < count; i++) {
      double near = NEAREST * NEAREST * NEAREST;
      double far = FARTHEST * FARTHEST * FARTHEST;
      double z = Math.cbrt(near + random.nextDouble() * (far - near));
      double x = random.uniform(-halfWidth, halfWidth) * z;
      double y = random.uniform(-halfHeight, halfHeight) * z;
      double millimetres = SMALLEST_MM - StrictMath.log(1 - 0.999 * random.nextDouble()) / slope;
      double falls = Math.min(9, 9.65 - 10.3 * StrictMath.exp(-0.6 * millimetres));
      double behind = z - opening.travel();
      if (lens.project(x, y, z, from) && lens.project(x, y + falls * open, behind, to)) {
        double width = lens.focal() * millimetres / 1000 / z;
        double way = Math.hypot(to[0] - from[0], to[1] - from[1]);
        // Each place on the streak sees the drop for a part of the exposure only.
        double share = width / Math.max(width, way + width);
        streaks.add(new Streak(from[0], from[1], to[0], to[1], width, (float) share));
      }
    }
    return band -> streaks.forEach(s -> paint(s, band));
  }

  private void paint(Streak s, Band band) {
    double reach = s.width / 2 + 1;
    int x0 = (int) Math.max(band.left(), Math.floor(Math.min(s.x0, s.x1) - reach));
    int x1 = (int) Math.min(band.right(), Math.ceil(Math.max(s.x0, s.x1) + reach));
    int y0 = (int) Math.max(band.top(), Math.floor(Math.min(s.y0, s.y1) - reach));
    int y1 = (int) Math.min(band.bottom(), Math.ceil(Math.max(s.y0, s.y1) + reach));
    double dx = s.x1 - s.x0;
    double dy = s.y1 - s.y0;
    double squared = Math.max(1e-9, dx * dx + dy * dy);
    // Thinner than a pixel, it covers a part of each.
    double full = Math.min(1, s.width);
    float[] rgb = band.rgb();
    for (int y = y0; y < y1; y++) {
      for (int x = x0; x < x1; x++) {
        double px = x + 0.5 - s.x0;
        double py = y + 0.5 - s.y0;
        double t = Math.max(0, Math.min(1, (px * dx + py * dy) / squared));
        double away = Math.hypot(px - t * dx, py - t * dy);
        double covered = Math.max(0, Math.min(full, s.width / 2 + 0.5 - away));
        if (covered > 0) {
          float opacity = (float) covered * s.opacity;
          int o = band.index(x, y);
          for (int c = 0; c < 3; c++) {
            rgb[o + c] += opacity * (radiance[c] - rgb[o + c]);
          }
        }
      }
    }
  }
}
