package io.stopline.attacks.physical;

/** From a parameter 0..1 to the light of what is stuck on, as a camera sees it. */
enum Ink {
  /** Any 8-bit value: the worst that any patch can be. */
  ANY(0, 1, false),

  /**
   * Matt film, lit as the rest of the picture is: between the black and the white film of the
   * scene's stickers (0x1d and 0xe2 are the middles of their channels), as bright as what is white
   * in the picture allows.
   */
  FILM(0x1d / 255.0, 0xe2 / 255.0, true);

  private final double black;
  private final double white;
  private final boolean lit;

  Ink(double black, double white, boolean lit) {
    this.black = black;
    this.white = white;
    this.lit = lit;
  }

  /** The parameter that comes nearest to an sRGB value 0..1 under full light. */
  double parameter(double value) {
    return Math.max(0, Math.min(1, (value - black) / (white - black)));
  }

  /**
   * Linear light.
   *
   * @param canvasWhite linear light of white film in this picture
   */
  double light(double theta, double canvasWhite) {
    double light = LinearLight.decode(shade(theta));
    return lit ? light * canvasWhite / LinearLight.decode(white) : light;
  }

  /** Its derivative by the parameter. */
  double slope(double theta, double canvasWhite) {
    double slope = LinearLight.decodeSlope(shade(theta)) * (white - black);
    return lit ? slope * canvasWhite / LinearLight.decode(white) : slope;
  }

  private double shade(double theta) {
    return black + theta * (white - black);
  }
}
