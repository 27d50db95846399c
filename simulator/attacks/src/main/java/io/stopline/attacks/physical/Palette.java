package io.stopline.attacks.physical;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Colours that can be printed, and how far a colour is from all of them: the non-printability score
 * of Sharif et al. 2016, section 4.2 (the product of the distances), divided by its mean over all
 * colours, so that its weight does not depend on how many inks there are. Immutable.
 */
final class Palette {

  /** More inks than this make the product meaningless. */
  private static final int MOST = 64;

  private static final int GRID = 6;

  private final String name;
  private final double[][] colours;
  private final double scale;

  /**
   * @param colours at least one, RGB as parameters 0..1
   */
  private Palette(String name, double[][] colours) {
    this.name = name;
    this.colours = colours;
    double sum = 0;
    double[] at = new double[3];
    for (int i = 0; i < GRID * GRID * GRID; i++) {
      at[0] = (i % GRID + 0.5) / GRID;
      int rest = i / GRID;
      at[1] = (rest % GRID + 0.5) / GRID;
      int last = rest / GRID;
      at[2] = (last + 0.5) / GRID;
      sum += product(at, -1);
    }
    this.scale = GRID * GRID * GRID / sum;
  }

  /**
   * Reads a palette.
   *
   * @param text {@code film} (black and white), {@code inks} (these and the six solid inks of
   *     offset printing) or colours RRGGBB (sRGB), between commas
   */
  static Palette of(String text, Ink material) {
    String list =
        switch (text) {
          case "film" -> "1c1c1e,e4e4df";
          case "inks" -> "1c1c1e,e4e4df,009ee0,e2007a,ffed00,e30613,009640,312783";
          default -> text;
        };
    List<double[]> colours = new ArrayList<>();
    for (String part : list.split(",", -1)) {
      if (!part.strip().matches("[0-9a-fA-F]{6}") || colours.size() == MOST) {
        throw new IllegalArgumentException(
            "attack 'rp2': option palette is '%s'; allowed: film, inks, or up to %d colours RRGGBB"
                    .formatted(text, MOST)
                + " between commas, such as 1c1c1e,e4e4df");
      }
      int rgb = Integer.parseInt(part.strip(), 16);
      colours.add(
          new double[] {
            material.parameter((rgb >> 16) / 255.0),
            material.parameter((rgb >> 8 & 0xff) / 255.0),
            material.parameter((rgb & 0xff) / 255.0)
          });
    }
    return new Palette(text, colours.toArray(double[][]::new));
  }

  /** As it was read. */
  String name() {
    return name;
  }

  /**
   * The non-printability score of a colour.
   *
   * @param weight of it in the gradient
   * @param into its gradient times the weight is subtracted from three values from {@code at} on;
   *     null if it is not wanted
   */
  double score(double[] theta, int at, double weight, double @Nullable [] into) {
    double[] colour = Arrays.copyOfRange(theta, at, at + 3);
    double product = product(colour, -1);
    if (into != null) {
      for (int i = 0; i < colours.length; i++) {
        double others = product(colour, i);
        double distance = distance(colour, i);
        for (int c = 0; c < 3 && distance > 1e-9; c++) {
          into[at + c] -= weight * scale * others * (colour[c] - colours[i][c]) / distance;
        }
      }
    }
    return scale * product;
  }

  /** Puts the nearest colour in place of a colour. */
  void snap(double[] theta, int at) {
    double[] colour = Arrays.copyOfRange(theta, at, at + 3);
    int nearest = 0;
    for (int i = 1; i < colours.length; i++) {
      nearest = distance(colour, i) < distance(colour, nearest) ? i : nearest;
    }
    System.arraycopy(colours[nearest], 0, theta, at, 3);
  }

  private double product(double[] colour, int without) {
    double product = 1;
    for (int i = 0; i < colours.length; i++) {
      product *= i == without ? 1 : distance(colour, i);
    }
    return product;
  }

  private double distance(double[] colour, int i) {
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      double d = colour[c] - colours[i][c];
      sum += d * d;
    }
    return Math.sqrt(sum);
  }
}
