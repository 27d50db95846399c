package io.stopline.evaluation.road;

import java.util.List;

/**
 * What a folder of road frames holds, all splits together.
 *
 * @param classNames one name a class
 * @param frames in order
 * @param warnings what a reader of figures should know
 */
record RoadListing(List<String> classNames, List<ListedFrame> frames, List<String> warnings) {}
