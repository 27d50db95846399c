package io.stopline.campaign.detectorattack;

import io.stopline.attacks.detection.PatchConditions;
import io.stopline.attacks.detection.PatchPainting;
import io.stopline.attacks.detection.PatchTarget;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.List;

/** Texels at their places in a frame. Belongs to one thread. */
@SuppressWarnings("ArrayRecordComponent") // never written to
record Painting(PatchPainting painting, float[] texels) implements ObjectSearch.Painted {

  @Override
  public Image planned() {
    return painting.planned(texels);
  }

  @Override
  public Image drawn(long draw) {
    return painting.drawn(texels, PatchConditions.ROAD, draw);
  }

  /** One grey everywhere. */
  static Painting grey(Image frame, List<Region> sites) {
    PatchPainting painting = of(frame, sites);
    float[] texels = new float[painting.values()];
    Arrays.fill(texels, 0.5f);
    return new Painting(painting, texels);
  }

  /** Random colours. */
  static Painting noise(Image frame, List<Region> sites, long seed) {
    PatchPainting painting = of(frame, sites);
    RandomStream random = new RandomStream(seed);
    float[] texels = new float[painting.values()];
    for (int i = 0; i < texels.length; i++) {
      texels[i] = (float) random.nextDouble();
    }
    return new Painting(painting, texels);
  }

  private static PatchPainting of(Image frame, List<Region> sites) {
    return new PatchPainting(new PatchTarget(frame, Sites.window(frame, sites), sites, List.of()));
  }
}
