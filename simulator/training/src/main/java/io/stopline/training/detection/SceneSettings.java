package io.stopline.training.detection;

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
 * @param ignoredBelow signs whose smaller side is less, px, are neither signs nor background
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
    double ignoredBelow) {

  /** What proved itself on German roads at half of their size. */
  public static SceneSettings standard() {
    return new SceneSettings(256, 4000, 0.5, 0.15, 0.6, 1.6, 4, 0.6, 7, 44, 0.3, 0.15, 7);
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
    settings.put("scene.ignored-below", Double.toString(ignoredBelow));
    return settings;
  }
}
