package io.stopline.evaluation.road;

import java.nio.file.Path;
import java.util.List;

/**
 * A frame as a data set lists it, before its picture is looked at.
 *
 * @param name unique in the data set
 * @param file its picture
 * @param split {@link RoadData#ALL} where the data set has no splits
 * @param boxes may be none
 */
record ListedFrame(String name, Path file, String split, List<ListedBox> boxes) {}
