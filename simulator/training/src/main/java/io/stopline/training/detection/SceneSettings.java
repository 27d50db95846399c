package io.stopline.training.detection;

import io.stopline.attacks.Options;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How crops are cut out of frames and what is put into them.
 *
 * @param crop side of a crop, px
 * @param crops how many make an epoch
 * @param signShare share of the crops that are cut about a labelled sign
 * @param hardShare share that is cut about a place where a detector before this one was wrong, if
 *     such are given
 * @param smallest least factor by which frames are scaled
 * @param largest greatest factor
 * @param rotation degrees either way
 * @param pasted share of the crops into which signs are pasted
 * @param pastedLeast smaller side of the smallest pasted sign, px
 * @param pastedMost of the largest
 * @param decoys share of the pasted that are no sign but background under the same mask, so that
 *     seams teach nothing
 * @param altered share of all signs that get stickers, shadow, paint or light: an altered sign must
 *     still be found
 * @param patched share of all signs that get one of the adversarial patches, if such are given
 * @param patchLeast area of the smallest patch as a share of the sign's box
 * @param patchMost of the largest
 * @param ignoredBelow signs whose smaller side is less, px, are neither signs nor background
 * @param votes whether each place says by itself that it lies on a sign ({@link
 *     io.stopline.sdk.model.DetectorFormat.VoteMap}), and no boxes are learnt
 */
public record SceneSettings(
    int crop,
    int crops,
    double signShare,
    double hardShare,
    double smallest,
    double largest,
    double rotation,
    double pasted,
    double pastedLeast,
    double pastedMost,
    double decoys,
    double altered,
    double patched,
    double patchLeast,
    double patchMost,
    double ignoredBelow,
    boolean votes) {

  /**
   * @throws IllegalArgumentException if the least is above the most
   */
  public SceneSettings {
    if (smallest > largest || pastedLeast > pastedMost || patchLeast > patchMost) {
      throw new IllegalArgumentException(
          "scene.smallest %s to scene.largest %s, scene.pasted-least %s to scene.pasted-most %s, scene.patch-least %s to scene.patch-most %s: give the lower one first"
              .formatted(smallest, largest, pastedLeast, pastedMost, patchLeast, patchMost));
    }
  }

  /** What proved itself on German roads at half of their size. */
  public static SceneSettings standard() {
    return new SceneSettings(
        256, 4000, 0.5, 0.15, 0.6, 1.6, 4, 0.6, 7, 44, 0.3, 0.15, 0.4, 0.04, 0.25, 7, false);
  }

  /**
   * Settings from the options {@code scene.crop}, {@code scene.crops} and so on, a name for each.
   *
   * @param otherwise what is not given
   */
  public static SceneSettings of(Options options, SceneSettings otherwise) {
    SceneSettings o = otherwise;
    return new SceneSettings(
        options.integer("scene.crop", o.crop, 32, 1024),
        options.integer("scene.crops", o.crops, 16, 10_000_000),
        options.number("scene.sign-share", o.signShare, 0, 1),
        options.number("scene.hard-share", o.hardShare, 0, 1),
        options.number("scene.smallest", o.smallest, 0.1, 10),
        options.number("scene.largest", o.largest, 0.1, 10),
        options.number("scene.rotation", o.rotation, 0, 45),
        options.number("scene.pasted", o.pasted, 0, 1),
        options.number("scene.pasted-least", o.pastedLeast, 2, 1024),
        options.number("scene.pasted-most", o.pastedMost, 2, 1024),
        options.number("scene.decoys", o.decoys, 0, 1),
        options.number("scene.altered", o.altered, 0, 1),
        options.number("scene.patched", o.patched, 0, 1),
        options.number("scene.patch-least", o.patchLeast, 0.001, 1),
        options.number("scene.patch-most", o.patchMost, 0.001, 1),
        options.number("scene.ignored-below", o.ignoredBelow, 0, 1024),
        options.flag("scene.votes", o.votes));
  }

  /** Every setting by its name, for reports and checkpoints. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("scene.crop", Integer.toString(crop));
    settings.put("scene.crops", Integer.toString(crops));
    settings.put("scene.sign-share", Double.toString(signShare));
    settings.put("scene.hard-share", Double.toString(hardShare));
    settings.put("scene.smallest", Double.toString(smallest));
    settings.put("scene.largest", Double.toString(largest));
    settings.put("scene.rotation", Double.toString(rotation));
    settings.put("scene.pasted", Double.toString(pasted));
    settings.put("scene.pasted-least", Double.toString(pastedLeast));
    settings.put("scene.pasted-most", Double.toString(pastedMost));
    settings.put("scene.decoys", Double.toString(decoys));
    settings.put("scene.altered", Double.toString(altered));
    settings.put("scene.patched", Double.toString(patched));
    settings.put("scene.patch-least", Double.toString(patchLeast));
    settings.put("scene.patch-most", Double.toString(patchMost));
    settings.put("scene.ignored-below", Double.toString(ignoredBelow));
    settings.put("scene.votes", Boolean.toString(votes));
    return settings;
  }
}
