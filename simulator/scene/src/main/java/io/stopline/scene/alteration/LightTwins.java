package io.stopline.scene.alteration;

import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/** Light that falls on signs without anybody's purpose, as much of it as of an attack's. */
final class LightTwins {

  /** Sun from a window pane, a halogen lamp, a xenon lamp. */
  private static final int[] LAMPS = {0xfff4e2, 0xffe0b8, 0xf4f6ff};

  /** A low sun, and the tail lamps of a queue. */
  private static final int[] WARM = {0xffb070, 0xff9050, 0xff5a40};

  /** Full-wave rectified mains: 100 Hz in Europe. */
  private static final double STREET_HERTZ = 100;

  private static final int STREET = 0xffd9a0;

  private LightTwins() {}

  /** One patch of light whose power, averaged over the sign and the colours, is the same. */
  static ProjectedLight of(ProjectedLight original, Shape outline, RandomStream random) {
    double power = 0;
    for (ProjectedLight.Beam b : original.beams()) {
      ProjectedLight alone = new ProjectedLight(List.of(b), original.irradiance(), original.blur());
      power +=
          AlterationPainter.coveredShare(outline, alone) * mean(b.rgb()) * original.irradiance();
    }
    Rectangle2D face = outline.getBounds2D();
    int rgb = LAMPS[random.nextInt(LAMPS.length)];
    double width = random.uniform(0.5, 1);
    ProjectedLight.Beam spot =
        new ProjectedLight.Beam(
            random.uniform(face.getMinX() + 0.2, face.getMaxX() - 0.2),
            random.uniform(face.getMinY() + 0.2, face.getMaxY() - 0.2),
            width,
            width * random.uniform(0.6, 1),
            random.uniform(-45, 45),
            rgb);
    double share =
        AlterationPainter.coveredShare(outline, new ProjectedLight(List.of(spot), 1, 0.25));
    double irradiance =
        Math.min(ProjectedLight.MOST_IRRADIANCE, power / Math.max(0.01, share * mean(rgb)));
    return new ProjectedLight(List.of(spot), irradiance, 0.25);
  }

  private static double mean(int rgb) {
    float[] c = Glow.linear(rgb, 1);
    return (c[0] + c[1] + c[2]) / 3.0;
  }

  /** A line as thin, with as much light in all three colours together, white. */
  static ProjectedLight of(Laser original, RandomStream random) {
    float[] colour = Wavelength.visible(original.nanometres());
    double power = original.irradiance() * (colour[0] + colour[1] + colour[2]) / 3;
    int rgb = LAMPS[0];
    return new ProjectedLight(
        List.of(
            new ProjectedLight.Beam(
                random.uniform(0.2, 0.8),
                random.uniform(0.2, 0.8),
                2,
                original.width(),
                random.uniform(0, 180),
                rgb)),
        Math.min(ProjectedLight.MOST_IRRADIANCE, power / mean(rgb)),
        Math.min(1, original.width()));
  }

  /** Lamps of the street that are as bright; they keep in step with nothing. */
  static Stripes of(Stripes original, RandomStream random) {
    List<Stripes.Lamp> lamps = new ArrayList<>();
    double phase = random.nextDouble();
    for (Stripes.Lamp lamp : original.lamps()) {
      double same = mean(lamp.rgb()) * lamp.irradiance() / mean(STREET);
      lamps.add(
          new Stripes.Lamp(
              STREET_HERTZ,
              lamp.duty(),
              phase,
              STREET,
              Math.min(ProjectedLight.MOST_IRRADIANCE, same)));
    }
    return new Stripes(lamps, Stripes.Timing.FREE);
  }

  /** Warm light over the whole face. */
  static ProjectedLight of(Infrared original, Shape outline, RandomStream random) {
    float[] colour = Wavelength.infrared(original.nanometres());
    double power =
        original.irradiance()
            * (colour[0] + colour[1] + colour[2])
            / 3
            * AlterationPainter.coveredShare(outline, original);
    int rgb = WARM[random.nextInt(WARM.length)];
    return new ProjectedLight(
        List.of(new ProjectedLight.Beam(0.5, 0.5, 1.2, 1.2, 0, rgb)),
        Math.min(ProjectedLight.MOST_IRRADIANCE, power / mean(rgb)),
        0);
  }
}
