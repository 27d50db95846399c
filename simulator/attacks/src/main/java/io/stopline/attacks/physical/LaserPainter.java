package io.stopline.attacks.physical;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/**
 * Lines of laser light (AdvLB, Duan et al. 2021): wavelength, angle, distance from the middle,
 * width and intensity of each. The light is added in linear light.
 */
final class LaserPainter implements Painter {

  private static final int EACH = 5;

  /** Lines may pass this far from the middle of the image. */
  private static final double FARTHEST = 0.6;

  /** Standard deviation of the beam's profile, as a share of the image's side. */
  private static final double THINNEST = 0.012;

  /** A place that gets less than this share of the beam is not lit. */
  private static final double FAINT = 0.05;

  private final ImageShape shape;
  private final int lines;
  private final double power;
  private final double thickest;
  private final double darkest;

  /**
   * @param power of a beam's middle, where 1 is what white film sends back by daylight
   * @param thickest largest standard deviation of the profile, share of the image's side
   * @param darkest share of the beam that even black paint sends back; 1: added as it is
   */
  LaserPainter(ImageShape shape, int lines, double power, double thickest, double darkest) {
    this.shape = shape;
    this.lines = lines;
    this.power = power;
    this.thickest = Math.max(thickest, THINNEST);
    this.darkest = darkest;
  }

  @Override
  public int parameters() {
    return EACH * lines;
  }

  @Override
  public void start(double[] theta, RandomStream random) {
    for (int line = 0; line < lines; line++) {
      int o = EACH * line;
      theta[o] = random.nextDouble();
      theta[o + 1] = random.nextDouble();
      theta[o + 2] = random.uniform(0.2, 0.8);
      theta[o + 3] = random.nextDouble();
      theta[o + 4] = random.uniform(0.5, 1);
    }
  }

  private static double nanometres(double theta) {
    return Wavelength.SHORTEST + theta * (Wavelength.LONGEST - Wavelength.SHORTEST);
  }

  private double width(double theta) {
    return THINNEST + theta * (thickest - THINNEST);
  }

  /** Signed distance of a pixel's middle from a line, share of the side. */
  private double distance(double[] theta, int o, int pixel) {
    double angle = Math.PI * theta[o + 1];
    double offset = FARTHEST * (2 * theta[o + 2] - 1);
    return right(pixel) * Math.cos(angle) + down(pixel) * Math.sin(angle) - offset;
  }

  private double right(int pixel) {
    return (pixel % shape.width() + 0.5) / shape.width() - 0.5;
  }

  private double down(int pixel) {
    int row = pixel / shape.width();
    return (row + 0.5) / shape.height() - 0.5;
  }

  private static double profile(double distance, double width) {
    return Math.exp(-0.5 * distance * distance / (width * width));
  }

  private double back(Canvas canvas, int i, int c) {
    return Math.max(canvas.light[i + c], darkest * canvas.white[c]);
  }

  @Override
  public void paint(Canvas canvas, double[] theta, long place, float[] into, int at) {
    double[] beam = new double[3];
    for (int pixel = 0; pixel < shape.height() * shape.width(); pixel++) {
      beam(theta, pixel, beam);
      for (int c = 0; c < 3; c++) {
        int i = pixel * 3 + c;
        double light = canvas.light[i] + beam[c] * back(canvas, pixel * 3, c);
        into[at + i] = beam[c] < 1e-6 ? canvas.values[i] : (float) LinearLight.encode(light);
      }
    }
  }

  /** Light of all lines at a pixel. */
  private void beam(double[] theta, int pixel, double[] into) {
    into[0] = into[1] = into[2] = 0;
    for (int line = 0; line < lines; line++) {
      int o = EACH * line;
      double here = power * theta[o + 4] * profile(distance(theta, o, pixel), width(theta[o + 3]));
      for (int c = 0; c < 3; c++) {
        into[c] += here * Wavelength.light(nanometres(theta[o]), c);
      }
    }
  }

  @Override
  public void backward(
      Canvas canvas, double[] theta, long place, float[] gradient, int at, double[] into) {
    double[] beam = new double[3];
    for (int pixel = 0; pixel < shape.height() * shape.width(); pixel++) {
      beam(theta, pixel, beam);
      for (int line = 0; line < lines; line++) {
        int o = EACH * line;
        double width = width(theta[o + 3]);
        double distance = distance(theta, o, pixel);
        double profile = profile(distance, width);
        double intensity = power * theta[o + 4];
        // With respect to the beam's strength here, and to its wavelength.
        double g = 0;
        double byWavelength = 0;
        for (int c = 0; c < 3; c++) {
          double back = back(canvas, pixel * 3, c);
          double light = canvas.light[pixel * 3 + c] + beam[c] * back;
          double byBeam = gradient[at + pixel * 3 + c] * LinearLight.encodeSlope(light) * back;
          double nm = nanometres(theta[o]);
          g += byBeam * Wavelength.light(nm, c);
          byWavelength += byBeam * Wavelength.slope(nm, c);
        }
        into[o] += byWavelength * intensity * profile * (Wavelength.LONGEST - Wavelength.SHORTEST);
        into[o + 4] += g * profile * power;
        double byProfile = g * intensity * profile;
        into[o + 3] +=
            byProfile * distance * distance / (width * width * width) * (thickest - THINNEST);
        double byDistance = -byProfile * distance / (width * width);
        double angle = Math.PI * theta[o + 1];
        into[o + 1] +=
            byDistance * Math.PI * (down(pixel) * Math.cos(angle) - right(pixel) * Math.sin(angle));
        into[o + 2] -= byDistance * 2 * FARTHEST;
      }
    }
  }

  @Override
  public double covered(double[] theta) {
    int lit = 0;
    int pixels = shape.height() * shape.width();
    for (int pixel = 0; pixel < pixels; pixel++) {
      boolean here = false;
      for (int line = 0; line < lines; line++) {
        int o = EACH * line;
        here |= theta[o + 4] * profile(distance(theta, o, pixel), width(theta[o + 3])) > FAINT;
      }
      lit += here ? 1 : 0;
    }
    return lit / (double) pixels;
  }
}
