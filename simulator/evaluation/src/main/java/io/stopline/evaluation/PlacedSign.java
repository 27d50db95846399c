package io.stopline.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A listed image with the split and the track that it got.
 *
 * @param split where it may be used
 * @param track unique within its class; named after the file where nothing tells it
 */
record PlacedSign(ListedSign sign, String split, String track) {

  /**
   * Gives every image its split and its track. Test images stay test images; a validation or a
   * calibration part stays what it is, and where the data set has none, whole tracks of its
   * training part are drawn for it by {@link SplitRule}.
   *
   * @return in order of class, part, track, frame and file
   */
  static List<PlacedSign> of(List<ListedSign> signs) {
    Set<String> parts = new HashSet<>();
    signs.forEach(sign -> parts.add(sign.part()));
    Comparator<String> byPart = Comparator.comparingInt(SplitRule::rank);
    Map<Integer, Map<String, Map<String, List<ListedSign>>>> tracks = new TreeMap<>();
    for (ListedSign sign : signs) {
      tracks
          .computeIfAbsent(sign.label(), l -> new TreeMap<>(byPart))
          .computeIfAbsent(sign.part(), p -> new TreeMap<>())
          .computeIfAbsent(trackOf(sign), t -> new ArrayList<>())
          .add(sign);
    }
    List<PlacedSign> placed = new ArrayList<>(signs.size());
    for (Map<String, Map<String, List<ListedSign>>> ofClass : tracks.values()) {
      ofClass.forEach(
          (part, ofPart) -> {
            int number = 0;
            for (Map.Entry<String, List<ListedSign>> track : ofPart.entrySet()) {
              String split =
                  part.equals(SplitRule.TRAIN)
                      ? SplitRule.of(
                          number++,
                          !parts.contains(SplitRule.CALIBRATION),
                          !parts.contains(SplitRule.VALIDATION))
                      : part;
              track.getValue().stream()
                  .sorted(
                      Comparator.comparingInt(ListedSign::frame).thenComparing(ListedSign::file))
                  .forEach(sign -> placed.add(new PlacedSign(sign, split, track.getKey())));
            }
          });
    }
    return placed;
  }

  /** Numbers of tracks begin anew in each part, as far as anybody knows. */
  private static String trackOf(ListedSign sign) {
    String name = sign.hasTrack() ? sign.track() : sign.file();
    return sign.part().equals(SplitRule.TRAIN) ? name : sign.part() + "/" + name;
  }
}
