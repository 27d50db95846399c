package io.stopline.evaluation.model;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Track;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The clean images that a reading is checked on: as many of each class, over as many tracks, as
 * there are; of a track the later frames, which show more. Never of the test split, where there is
 * another.
 *
 * @param samples with the data's labels
 * @param from names of the splits that they come from
 */
record CleanImages(List<Sample> samples, List<String> from) {

  /** In this order splits are drawn from until there is enough of a class. */
  private static final List<String> SPLITS = List.of("validation", "train", "calibration");

  CleanImages {
    samples = List.copyOf(samples);
    from = List.copyOf(from);
  }

  private static final int PER_CLASS = 20;
  private static final int MOST = 1200;

  /** As many as tell whether a reading is right. */
  static CleanImages of(Dataset data) {
    return of(data, Math.max(2, Math.min(PER_CLASS, MOST / data.classNames().size())));
  }

  /**
   * Draws images; the same data give the same.
   *
   * @param perClass at most so many of a class
   */
  static CleanImages of(Dataset data, int perClass) {
    List<String> splits = new ArrayList<>(SPLITS);
    splits.retainAll(data.splitNames());
    if (splits.isEmpty()) {
      splits.addAll(data.splitNames());
    }
    Map<Integer, List<Sample>> drawn = new LinkedHashMap<>();
    List<String> used = new ArrayList<>();
    for (String split : splits) {
      boolean any = false;
      for (Map.Entry<Integer, List<Sample>> ofClass : byClass(data, split).entrySet()) {
        List<Sample> have = drawn.computeIfAbsent(ofClass.getKey(), c -> new ArrayList<>());
        List<Sample> more = ofClass.getValue();
        int count = Math.min(more.size(), perClass - have.size());
        any |= count > 0;
        for (int i = 0; i < count; i++) {
          have.add(more.get(i));
        }
      }
      if (any) {
        used.add(split);
      }
    }
    List<Sample> samples = new ArrayList<>();
    drawn.keySet().stream().sorted().forEach(c -> samples.addAll(drawn.getOrDefault(c, List.of())));
    return new CleanImages(samples, used);
  }

  /** Of each class the last frame of each track, then earlier ones. */
  private static Map<Integer, List<Sample>> byClass(Dataset data, String split) {
    Map<Integer, List<List<Sample>>> tracks = new LinkedHashMap<>();
    List<Track> known = data.split(split).tracks();
    if (known.isEmpty()) {
      for (Sample sample : data.split(split).samples()) {
        tracks.computeIfAbsent(sample.label(), c -> new ArrayList<>()).add(List.of(sample));
      }
    } else {
      for (Track track : known) {
        tracks.computeIfAbsent(track.label(), c -> new ArrayList<>()).add(track.frames());
      }
    }
    Map<Integer, List<Sample>> ordered = new LinkedHashMap<>();
    tracks.forEach((label, all) -> ordered.put(label, inTurn(all)));
    return ordered;
  }

  private static List<Sample> inTurn(List<List<Sample>> tracks) {
    int longest = tracks.stream().mapToInt(List::size).max().orElse(0);
    List<List<Sample>> spread = spread(tracks);
    List<Sample> samples = new ArrayList<>();
    for (int back = 0; back < (longest + 1) / 2; back++) {
      for (List<Sample> track : spread) {
        int frame = track.size() - 1 - 2 * back * Math.max(1, track.size() / 8);
        if (frame >= 0 && frame >= track.size() / 2) {
          samples.add(track.get(frame));
        }
      }
    }
    return samples;
  }

  /** Neighbours in a folder are often alike: takes tracks from all over. */
  private static List<List<Sample>> spread(List<List<Sample>> tracks) {
    Map<Integer, List<Sample>> byTurn = new LinkedHashMap<>();
    for (int i = 0; i < tracks.size(); i++) {
      byTurn.put(i, tracks.get(i));
    }
    return byTurn.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                    (Map.Entry<Integer, List<Sample>> e) -> Integer.reverse(e.getKey()) >>> 1)
                .thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getValue)
        .toList();
  }
}
