package io.stopline.attacks.physical;

/**
 * The colour of light of one wavelength as a camera with three channels sees it: the usual
 * piecewise linear approximation (Bruton 1996), fading towards both ends of what is visible.
 */
final class Wavelength {

  /** Ends of what is visible, nm. */
  static final double SHORTEST = 380;

  static final double LONGEST = 750;

  private static final double[] AT = {380, 420, 440, 490, 510, 580, 645, 700, 750};

  /** Linear light at those wavelengths. */
  private static final double[][] RGB = {
    {0.3, 0, 0.3},
    {1.0 / 3, 0, 1},
    {0, 0, 1},
    {0, 1, 1},
    {0, 1, 0},
    {1, 1, 0},
    {1, 0, 0},
    {1, 0, 0},
    {0.3, 0, 0}
  };

  private Wavelength() {}

  /** Linear light of a channel, 0..1; {@code nm} within what is visible. */
  static double light(double nm, int channel) {
    int i = segment(nm);
    double t = (nm - AT[i]) / (AT[i + 1] - AT[i]);
    return RGB[i][channel] + t * (RGB[i + 1][channel] - RGB[i][channel]);
  }

  /** Its derivative, a nanometre. */
  static double slope(double nm, int channel) {
    int i = segment(nm);
    return (RGB[i + 1][channel] - RGB[i][channel]) / (AT[i + 1] - AT[i]);
  }

  private static int segment(double nm) {
    int i = 0;
    while (i < AT.length - 2 && nm > AT[i + 1]) {
      i++;
    }
    return i;
  }
}
