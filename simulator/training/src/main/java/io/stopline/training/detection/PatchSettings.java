package io.stopline.training.detection;

import io.stopline.attacks.Options;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How crops for a verifier are cut.
 *
 * @param crops how many make an epoch
 * @param signShare share of crops that show a sign
 * @param photographs share of these that are cut out of road frames; the others have no
 *     surroundings
 * @param margin what a guard's crop has around the box, as a share of its side, on each side
 * @param shift how far a box may lie off, in its sides
 * @param scale by which share it may be too large or too small
 * @param rotation degrees either way
 * @param pasted share of the signs without surroundings that are put on a place without a sign or
 *     on a panel
 * @param dimmed share of all crops that are made much darker
 * @param altered share of the signs that get stickers, a shadow, paint or light, and stay signs
 * @param phantoms share of the places without a sign on which one is thrown as light
 */
public record PatchSettings(
    int crops,
    double signShare,
    double photographs,
    double margin,
    double shift,
    double scale,
    double rotation,
    double pasted,
    double dimmed,
    double altered,
    double phantoms) {

  /** For boxes as a small detector gives them. */
  public static PatchSettings standard() {
    return new PatchSettings(24_000, 0.5, 0.5, 0.125, 0.14, 0.18, 5, 0.6, 0.15, 0.4, 0);
  }

  /**
   * Settings from the options {@code patch.crops} and so on, a name for each.
   *
   * @param o what is not given
   */
  public static PatchSettings of(Options options, PatchSettings o) {
    return new PatchSettings(
        options.integer("patch.crops", o.crops, 16, 10_000_000),
        options.number("patch.sign-share", o.signShare, 0, 1),
        options.number("patch.photographs", o.photographs, 0, 1),
        options.number("patch.margin", o.margin, 0, 1),
        options.number("patch.shift", o.shift, 0, 0.5),
        options.number("patch.scale", o.scale, 0, 0.9),
        options.number("patch.rotation", o.rotation, 0, 45),
        options.number("patch.pasted", o.pasted, 0, 1),
        options.number("patch.dimmed", o.dimmed, 0, 1),
        options.number("patch.altered", o.altered, 0, 1),
        options.number("patch.phantoms", o.phantoms, 0, 1));
  }

  /** Every setting by its name, for reports and checkpoints. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("patch.crops", Integer.toString(crops));
    settings.put("patch.sign-share", Double.toString(signShare));
    settings.put("patch.photographs", Double.toString(photographs));
    settings.put("patch.margin", Double.toString(margin));
    settings.put("patch.shift", Double.toString(shift));
    settings.put("patch.scale", Double.toString(scale));
    settings.put("patch.rotation", Double.toString(rotation));
    settings.put("patch.pasted", Double.toString(pasted));
    settings.put("patch.dimmed", Double.toString(dimmed));
    settings.put("patch.altered", Double.toString(altered));
    settings.put("patch.phantoms", Double.toString(phantoms));
    return settings;
  }
}
