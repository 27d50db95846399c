package io.stopline.campaign.detection;

import io.stopline.attacks.Options;
import io.stopline.training.detection.SignCell.Outline;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Which outline the signs of a class have, from options such as {@code outline.yield: 13}. */
final class Outlines {

  /** What the options of this begin with. */
  static final String PREFIX = "outline.";

  private Outlines() {}

  /**
   * Reads texts such as {@code 11, 18-31}.
   *
   * @return outlines of the classes that are named; the others are round
   * @throws IllegalArgumentException naming the text that is none
   */
  static Map<Integer, Outline> of(Options options) {
    Map<Integer, Outline> outlines = new TreeMap<>();
    for (Outline outline : Outline.values()) {
      String name = PREFIX + outline.name().toLowerCase(Locale.ROOT);
      if (options.has(name)) {
        read(name, options.text(name, ""), outline, outlines);
      }
    }
    return outlines;
  }

  private static void read(
      String name, String text, Outline outline, Map<Integer, Outline> outlines) {
    for (String part : text.split(",", -1)) {
      String[] ends = part.strip().split("-", -1);
      try {
        int from = Integer.parseInt(ends[0]);
        int to = ends.length == 1 ? from : Integer.parseInt(ends[1]);
        for (int label = from; label <= to; label++) {
          outlines.put(label, outline);
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "%s is '%s'; give classes such as 11,18-31".formatted(name, text), e);
      }
    }
  }
}
