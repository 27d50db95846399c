package io.stopline.attacks.detection;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;

/** Paints found patches into the frame of a target. Belongs to one thread. */
public final class PatchPainting {

  private final PatchCanvas canvas;

  /** A target whose own sites say how many texels each patch has. */
  public PatchPainting(PatchTarget target) {
    this.canvas = new PatchCanvas(target.frame(), target.window(), target.sites(), target.sites());
  }

  /** Values of all texels. */
  public int values() {
    return canvas.values();
  }

  /**
   * As planned.
   *
   * @param texels of all patches, HWC, 0..1
   * @return a new frame of 8 bits
   */
  public Image planned(float[] texels) {
    return canvas.painted(texels);
  }

  /**
   * As it may come out.
   *
   * @param texels of all patches, HWC, 0..1
   * @param seed decides the draw
   * @return a new frame of 8 bits
   */
  public Image drawn(float[] texels, PatchConditions conditions, long seed) {
    return canvas.painted(texels, conditions.draw(new RandomStream(seed)));
  }
}
