package io.stopline.scene.alteration;

/** Colours of light of one wavelength, as linear sRGB whose largest channel is 1. */
final class Wavelength {

  private Wavelength() {}

  /**
   * Visible light: the CIE 1931 colour matching functions, as Wyman, Sloan and Shirley 2013 fit
   * them with Gaussians (section 2.2), in sRGB; what lies outside of its colours is clipped.
   *
   * @param nm 380..750
   */
  static float[] visible(double nm) {
    double x =
        1.056 * lobe(nm, 599.8, 37.9, 31.0)
            + 0.362 * lobe(nm, 442.0, 16.0, 26.7)
            - 0.065 * lobe(nm, 501.1, 20.4, 26.2);
    double y = 0.821 * lobe(nm, 568.8, 46.9, 40.5) + 0.286 * lobe(nm, 530.9, 16.3, 31.1);
    double z = 1.217 * lobe(nm, 437.0, 11.8, 36.0) + 0.681 * lobe(nm, 459.0, 26.0, 13.8);
    return scaled(
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z);
  }

  private static double lobe(double nm, double middle, double below, double above) {
    double t = (nm - middle) / (nm < middle ? below : above);
    return StrictMath.exp(-0.5 * t * t);
  }

  /**
   * Near infrared, as a colour sensor without a filter shows it: all dyes of a Bayer mosaic let it
   * through alike from about 850 nm on, red ones more than the others below, and the balance for
   * daylight lifts red and blue. Plausible figures, not those of one sensor.
   *
   * @param nm 760..1000
   */
  static float[] infrared(double nm) {
    double alike = Math.max(0, Math.min(1, (nm - 760) / 90));
    double green = 0.25 + 0.75 * alike;
    double blue = 0.30 + 0.70 * alike;
    return scaled(1.9, green, 1.6 * blue);
  }

  private static float[] scaled(double r, double g, double b) {
    double most = Math.max(1e-9, Math.max(r, Math.max(g, b)));
    return new float[] {
      (float) (Math.max(0, r) / most),
      (float) (Math.max(0, g) / most),
      (float) (Math.max(0, b) / most)
    };
  }
}
