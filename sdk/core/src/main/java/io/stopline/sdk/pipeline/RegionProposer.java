package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.List;

/** Says where in a frame a traffic sign may stand, without asking any model. */
@FunctionalInterface
public interface RegionProposer {

  /**
   * Finds candidate regions.
   *
   * @param image a whole frame
   * @return regions inside the image, best first, a bounded number; a new list each time
   */
  List<Region> propose(Image image);
}
