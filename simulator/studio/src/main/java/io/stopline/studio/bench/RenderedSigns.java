package io.stopline.studio.bench;

import io.stopline.campaign.SignCrop;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.scenario.Approach;
import io.stopline.sdk.image.Image;
import java.util.ArrayList;
import java.util.List;

/** Near, unaltered signs, cut out of rendered drives: what a clean road shows. */
final class RenderedSigns {

  /** Signs that look unlike each other: stop, a limit, a warning, a blue arrow. */
  private static final List<Integer> CLASSES = List.of(14, 2, 25, 38);

  private static final double HEIGHT_PIXELS = 40;

  private RenderedSigns() {}

  /** One crop a sign, with the margin that classifiers are used to. */
  static List<Image> of(long seed) {
    List<Image> signs = new ArrayList<>();
    for (int signClass : CLASSES) {
      DriveRenderer drive = DriveRenderer.of(Approach.to(signClass, seed));
      int width = drive.scenario().camera().width();
      int height = drive.scenario().camera().height();
      for (int i = drive.frames() - 1; i >= 0; i--) {
        SignTruth truth =
            drive.truth(i).signs().stream().filter(s -> s.sign() == 0).findFirst().orElse(null);
        if (truth != null && truth.visibleShare() == 1 && truth.heightPixels() <= HEIGHT_PIXELS) {
          signs.add(drive.renderWindow(i, SignCrop.around(truth, width, height)));
          break;
        }
      }
    }
    return signs;
  }
}
