package io.stopline.evaluation;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the names of the images of one class say of the physical sign that each shows: {@code
 * TRACK_FRAME.ext} in digits, as GTSRB is published, or {@code CLASS_TRACK_FRAME.ext}, as its
 * archive on Kaggle has it.
 */
final class TrackNaming {

  private static final Pattern TWO = Pattern.compile("(\\d{1,9})_(\\d{1,9})\\.\\w+");
  private static final Pattern THREE = Pattern.compile("(\\d{1,9})_(\\d{1,9})_(\\d{1,9})\\.\\w+");

  /** How telephones name photographs: a day and a time, which say nothing of signs. */
  private static final Pattern DAY_TIME =
      Pattern.compile("(19|20)\\d\\d(0[1-9]|1[0-2])[0-3]\\d_[0-2]\\d[0-5]\\d[0-5]\\d\\.\\w+");

  /**
   * A track and a frame.
   *
   * @param track as it is written
   */
  record Place(String track, int frame) {}

  private final int classNumber;

  private TrackNaming(int classNumber) {
    this.classNumber = classNumber;
  }

  /** The naming of the images in one class folder. */
  static TrackNaming in(String className, List<Path> images) {
    int[] firsts =
        images.stream()
            .map(image -> THREE.matcher(String.valueOf(image.getFileName())))
            .filter(Matcher::matches)
            .mapToInt(name -> Integer.parseInt(name.group(1)))
            .distinct()
            .limit(2)
            .toArray();
    if (className.matches("\\d{1,9}")) {
      return new TrackNaming(Integer.parseInt(className));
    }
    // A folder that was renamed from its number to a name still has the number in its files.
    return new TrackNaming(firsts.length == 1 ? firsts[0] : -1);
  }

  /** Whether a file of the class of that number is named as the archive on Kaggle does. */
  static boolean isKaggles(String fileName, int classNumber) {
    Matcher three = THREE.matcher(fileName);
    return three.matches() && Integer.parseInt(three.group(1)) == classNumber;
  }

  /** What a name says; null if it says nothing. */
  @Nullable Place of(String fileName) {
    Matcher three = THREE.matcher(fileName);
    if (three.matches()) {
      return Integer.parseInt(three.group(1)) == classNumber
          ? new Place(three.group(2), Integer.parseInt(three.group(3)))
          : null;
    }
    Matcher two = TWO.matcher(fileName);
    return two.matches() && !DAY_TIME.matcher(fileName).matches()
        ? new Place(two.group(1), Integer.parseInt(two.group(2)))
        : null;
  }
}
