package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;

/** What judges a region as the next frame of its track: {@code guard::inspect}. */
@FunctionalInterface
public interface Inspector {

  /**
   * Judges a region and updates the track's state.
   *
   * @param region inside the frame's image
   * @param finderProbability what the finder gives the region, 0..1; NaN if nobody gives one
   */
  Verdict inspect(Frame frame, Region region, float finderProbability, TrackState track);
}
