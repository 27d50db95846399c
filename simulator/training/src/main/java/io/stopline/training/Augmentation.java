package io.stopline.training;

import io.stopline.attacks.Options;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far training images are changed at random, so that a model learns the sign and not the
 * photograph. Each range is the farthest that is drawn, uniformly; 0 turns a change off, and leaves
 * the draws of the others as they were.
 *
 * @param rotation degrees either way, 0..180
 * @param scale share by which the sign may grow or shrink, 0..0.9
 * @param stretch share by which width and height may part, 0..0.9
 * @param shear shift of a row per row, 0..1
 * @param shift share of the side, 0..1; beyond the edge the edge is repeated
 * @param gamma greatest absolute natural logarithm of the exponent, 0..2; dark images are not made
 *     much darker
 * @param brightness share by which all values may grow or shrink, 0..1
 * @param contrast share by which the distance from the image's mean may grow or shrink, 0..1
 * @param colour share by which each channel may grow or shrink for itself, 0..1
 * @param blur greatest standard deviation in px, 0..3; one image in four is blurred
 * @param noise greatest standard deviation of Gaussian noise, 0..1; less on faint images
 * @param cutout greatest side of a rectangle of one random colour as a share of the image's side,
 *     0..1; every second image has one
 * @param crop greatest share of the width and height, together, that is cut away at the edges; what
 *     is left stands anywhere in a black image (crop-shift, Li and Spratling 2023); 0..1
 * @param mirror whether every second image is mirrored left to right: wrong for traffic signs
 */
public record Augmentation(
    double rotation,
    double scale,
    double stretch,
    double shear,
    double shift,
    double gamma,
    double brightness,
    double contrast,
    double colour,
    double blur,
    double noise,
    double cutout,
    double crop,
    boolean mirror) {

  public Augmentation {
    check("rotation", rotation, 180);
    check("scale", scale, 0.9);
    check("stretch", stretch, 0.9);
    check("shear", shear, 1);
    check("shift", shift, 1);
    check("gamma", gamma, 2);
    check("brightness", brightness, 1);
    check("contrast", contrast, 1);
    check("colour", colour, 1);
    check("blur", blur, 3);
    check("noise", noise, 1);
    check("cutout", cutout, 1);
    check("crop", crop, 1);
  }

  private static void check(String name, double value, double high) {
    if (!(value >= 0 && value <= high)) {
      throw new IllegalArgumentException(
          "augmentation: %s is %s; allowed: 0 to %s".formatted(name, value, high));
    }
  }

  /** Images as they are. */
  public static Augmentation none() {
    return new Augmentation(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false);
  }

  /** The same without geometry, cutout and crop: light, blur and noise alone. */
  public Augmentation still() {
    return new Augmentation(
        0, 0, 0, 0, 0, gamma, brightness, contrast, colour, blur, noise, 0, 0, false);
  }

  /** For standard training of small crops of traffic signs. */
  public static Augmentation strong() {
    return new Augmentation(
        15, 0.18, 0.08, 0.12, 0.1, 0.6, 0.3, 0.3, 0.15, 1.0, 0.04, 0.3, 0, false);
  }

  /**
   * For long adversarial training, against robust overfitting: crop-shift, colour and shape, and
   * random erasing, as Li and Spratling 2023 ("Data augmentation alone can improve adversarial
   * training", IDBH) put them together, but without the mirror and with nothing drawn per pixel.
   */
  public static Augmentation heavy() {
    return new Augmentation(
        15, 0.18, 0.1, 0.15, 0.05, 0.6, 0.35, 0.45, 0.2, 1.0, 0, 0.45, 0.3, false);
  }

  /** For methods whose own attack already makes the task hard: milder, nothing drawn per pixel. */
  public static Augmentation mild() {
    return new Augmentation(8, 0.12, 0.05, 0.06, 0.08, 0.4, 0.2, 0.2, 0.08, 0.7, 0, 0, 0, false);
  }

  /**
   * Ranges from the options {@code augment} ({@code none}, {@code mild}, {@code strong}, {@code
   * heavy}) and {@code augment.rotation}, {@code augment.scale} and so on, a name for each range.
   *
   * @param otherwise what is not given
   */
  public static Augmentation of(Options options, Augmentation otherwise) {
    Augmentation base =
        switch (options.choice(
            "augment", "default", "default", "none", "mild", "strong", "heavy")) {
          case "none" -> none();
          case "mild" -> mild();
          case "strong" -> strong();
          case "heavy" -> heavy();
          default -> otherwise;
        };
    return new Augmentation(
        options.number("augment.rotation", base.rotation, 0, 180),
        options.number("augment.scale", base.scale, 0, 0.9),
        options.number("augment.stretch", base.stretch, 0, 0.9),
        options.number("augment.shear", base.shear, 0, 1),
        options.number("augment.shift", base.shift, 0, 1),
        options.number("augment.gamma", base.gamma, 0, 2),
        options.number("augment.brightness", base.brightness, 0, 1),
        options.number("augment.contrast", base.contrast, 0, 1),
        options.number("augment.colour", base.colour, 0, 1),
        options.number("augment.blur", base.blur, 0, 3),
        options.number("augment.noise", base.noise, 0, 1),
        options.number("augment.cutout", base.cutout, 0, 1),
        options.number("augment.crop", base.crop, 0, 1),
        options.flag("augment.mirror", base.mirror));
  }

  /** Every setting by its option's name, for reports and checkpoints. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("augment.rotation", Double.toString(rotation));
    settings.put("augment.scale", Double.toString(scale));
    settings.put("augment.stretch", Double.toString(stretch));
    settings.put("augment.shear", Double.toString(shear));
    settings.put("augment.shift", Double.toString(shift));
    settings.put("augment.gamma", Double.toString(gamma));
    settings.put("augment.brightness", Double.toString(brightness));
    settings.put("augment.contrast", Double.toString(contrast));
    settings.put("augment.colour", Double.toString(colour));
    settings.put("augment.blur", Double.toString(blur));
    settings.put("augment.noise", Double.toString(noise));
    settings.put("augment.cutout", Double.toString(cutout));
    settings.put("augment.crop", Double.toString(crop));
    settings.put("augment.mirror", Boolean.toString(mirror));
    return settings;
  }
}
