package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.List;

/**
 * Says where in a frame a traffic sign may stand: the finder of a pipeline. Belongs to one thread
 * at a time.
 */
@FunctionalInterface
public interface RegionProposer extends AutoCloseable {

  /**
   * Finds candidate regions.
   *
   * @param image a whole frame
   * @return regions inside the image, best first, a bounded number; a new list each time. The label
   *     is 0 where the proposer knows none, the probability 1 where it {@linkplain #rates does not
   *     rate} regions
   * @throws io.stopline.sdk.model.InferenceException if a model is asked and its runtime fails
   */
  List<Detection> propose(Image image);

  /** Whether its probabilities say how surely there is a sign; otherwise they mean nothing. */
  default boolean rates() {
    return false;
  }

  /**
   * What of a frame is inspected where it proposes a region.
   *
   * @return inside the frame
   */
  default Region crop(Region region, Image frame) {
    return region;
  }

  /** Names of its labels, in their order; none where it knows none. */
  default List<String> labels() {
    return List.of();
  }

  /** How many findings of the last frame made no sense and were left out. */
  default int discarded() {
    return 0;
  }

  /** Frees what it holds. A second call does nothing. */
  @Override
  default void close() {}
}
