package io.stopline.evaluation;

import java.util.List;

/**
 * The images of one physical sign, in the order in which it came nearer: the unit of splits,
 * calibration and intervals.
 *
 * @param id unique within the data set
 * @param label class index
 * @param split where its frames may be used
 * @param heldOut whether it is recorded that the starting models never saw it
 * @param frames at least one
 */
public record Track(String id, int label, String split, boolean heldOut, List<Sample> frames) {

  public Track {
    frames = List.copyOf(frames);
  }
}
