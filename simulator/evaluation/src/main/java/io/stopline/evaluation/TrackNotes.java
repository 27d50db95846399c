package io.stopline.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What has to be said loudly wherever tracks were, or could not be, kept apart: near copies on both
 * sides of a split make figures too good. Stateless.
 */
final class TrackNotes {

  private TrackNotes() {}

  /** Of what a folder lists: only images whose split was drawn by their tracks count. */
  static List<String> of(List<PlacedSign> placed, List<String> classNames) {
    List<PlacedSign> drawn =
        placed.stream().filter(p -> p.sign().part().equals(SplitRule.TRAIN)).toList();
    List<String> notes = new ArrayList<>();
    Map<String, Integer> frames = new HashMap<>();
    drawn.forEach(p -> frames.merge(p.sign().label() + "/" + p.track(), 1, Integer::sum));
    untold(
        notes,
        drawn.stream().filter(p -> !p.sign().hasTrack()).count(),
        drawn.size(),
        frames.values());
    straddling(notes, placed, classNames);
    return notes;
  }

  /** Of a packed set. */
  static List<String> ofPacked(Collection<Split> splits) {
    List<Split> drawn = splits.stream().filter(s -> !s.name().equals(SplitRule.TEST)).toList();
    List<String> notes = new ArrayList<>();
    untold(
        notes,
        drawn.stream().flatMap(s -> s.samples().stream()).filter(Sample::isTrackOfItsOwn).count(),
        drawn.stream().mapToLong(s -> s.samples().size()).sum(),
        drawn.stream().flatMap(s -> s.tracks().stream()).map(t -> t.frames().size()).toList());
    return notes;
  }

  private static void untold(
      List<String> notes, long untold, long images, Collection<Integer> framesOfTracks) {
    if (untold > 0) {
      notes.add(
          "nothing says which images show the same sign: %s counts as a track of its own, so near copies can lie on both sides of a split and figures come out too good; name files TRACK_FRAME.ext in a folder per class, or add %s (file,track)"
              .formatted(
                  untold == images
                      ? "each of the %,d images".formatted(images)
                      : "each of %,d of the %,d images".formatted(untold, images),
                  TrackTable.FILE));
    } else if (framesOfTracks.size() > 1 && framesOfTracks.stream().allMatch(n -> n == 1)) {
      notes.add(
          "no track has more than one image: if the numbers of the %,d tracks are those of images and not of signs, near copies can lie on both sides of a split and figures come out too good"
              .formatted(framesOfTracks.size()));
    }
  }

  /** Tracks of one name in two parts that the data set made itself. */
  private static void straddling(
      List<String> notes, List<PlacedSign> placed, List<String> classNames) {
    Map<String, Set<String>> parts = new TreeMap<>();
    for (PlacedSign p : placed) {
      if (p.sign().hasTrack()) {
        parts
            .computeIfAbsent(
                "'%s' of class '%s'".formatted(p.sign().track(), classNames.get(p.sign().label())),
                t -> new TreeSet<>())
            .add(p.sign().part());
      }
    }
    List<Map.Entry<String, Set<String>>> shared =
        parts.entrySet().stream().filter(e -> e.getValue().size() > 1).toList();
    if (!shared.isEmpty()) {
      notes.add(
          "%,d tracks have images in more than one part, among them %s in %s: unless these are other signs whose numbers begin anew in each part, figures come out too good; move whole tracks"
              .formatted(shared.size(), shared.get(0).getKey(), shared.get(0).getValue()));
    }
  }
}
