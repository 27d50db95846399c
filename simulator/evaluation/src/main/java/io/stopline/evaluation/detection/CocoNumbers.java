package io.stopline.evaluation.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * COCO's two ways of numbering its kinds of objects (Lin et al. 2014): 80 names one after the
 * other, as YOLO has them, and the numbers of its annotations, 1 to 90, of which ten belong to
 * nothing, as TensorFlow's detectors have them.
 */
final class CocoNumbers {

  /** How many names there are. */
  static final int NAMES = 80;

  /** The largest number of the annotations. */
  static final int NUMBERS = 90;

  /** What lines for numbers that belong to nothing are called. */
  static final String UNUSED = "n/a";

  /** Numbers of the annotations, from 1, that belong to nothing. */
  private static final Set<Integer> GAPS = Set.of(12, 26, 29, 30, 45, 66, 68, 69, 71, 83);

  private CocoNumbers() {}

  /** 80 names, with lines for the ten numbers that belong to nothing. */
  static List<String> withGaps(List<String> names) {
    List<String> lines = new ArrayList<>();
    int next = 0;
    for (int number = 1; number <= NUMBERS; number++) {
      lines.add(GAPS.contains(number) ? UNUSED : names.get(next++));
    }
    return lines;
  }

  /** Whether a line is none of an object: {@code n/a}, {@code ???}, {@code unused}, a dash. */
  static boolean isUnused(String name) {
    String plain = LabelledFrames.form(name);
    return plain.isEmpty() || plain.equals("na") || plain.equals("unused") || plain.equals("null");
  }
}
