package io.stopline.training.detection;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.ArrayList;
import java.util.List;

/**
 * Road frames with a patch on each sign that is large enough, the same in each epoch: what a
 * detector that learns from patches is judged on, besides clean frames.
 *
 * @param scenes the frames
 * @param patches one list a frame: where the patches are
 */
record PatchedFrames(List<SceneFrame> scenes, List<List<SceneSign>> patches) {

  /** Share of the sign's box. */
  private static final double AREA = 0.15;

  /** Smaller signs have no room for a patch that is more than a few pixels, px. */
  private static final double LEAST_SIDE = 12;

  private static final long SEED = 1;

  /**
   * @param prints what is on the patches; at least one
   */
  static PatchedFrames of(List<SceneFrame> frames, List<Image> prints) {
    RandomStream random = new RandomStream(SEED);
    List<SceneFrame> scenes = new ArrayList<>();
    List<List<SceneSign>> patches = new ArrayList<>();
    for (SceneFrame frame : frames) {
      byte[] rgb = frame.rgb().clone();
      List<SceneSign> stuck = new ArrayList<>();
      for (SceneSign sign : frame.signs()) {
        if (sign.ignored() || sign.smallerSide() < LEAST_SIDE) {
          continue;
        }
        double width = Math.sqrt(AREA) * sign.width();
        double height = Math.sqrt(AREA) * sign.height();
        double x = random.uniform(sign.left(), sign.right() - width);
        double y = random.uniform(sign.top(), sign.bottom() - height);
        Crop.stick(
            rgb,
            frame.width(),
            frame.height(),
            prints.get(random.nextInt(prints.size())),
            x,
            y,
            width,
            height,
            random.uniform(0.6, 1.05));
        stuck.add(new SceneSign(x, y, x + width, y + height, 0));
      }
      scenes.add(new SceneFrame(frame.name(), frame.width(), frame.height(), rgb, frame.signs()));
      patches.add(stuck);
    }
    return new PatchedFrames(scenes, patches);
  }
}
