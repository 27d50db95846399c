package io.stopline.evaluation.detection;

import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a detector calls the labelled objects that it finds: one vote a frame and label, since
 * objects of one frame are alike. The vote is what most of them are called, and the right label
 * where that is called as often.
 */
final class LabelVotes {

  private final Map<Integer, Map<Integer, Integer>> called = new TreeMap<>();

  /**
   * @param objects one list a frame, with the detector's labels
   * @param finds one list a frame
   * @param threshold from which probability on a find counts
   */
  LabelVotes(List<List<SignBox>> objects, List<List<Detection>> finds, double threshold) {
    for (int f = 0; f < objects.size(); f++) {
      Map<Integer, Map<Integer, Integer>> here = new TreeMap<>();
      for (SignBox object : objects.get(f)) {
        Detection find = object.known() ? surest(finds.get(f), object.region(), threshold) : null;
        if (find != null) {
          here.computeIfAbsent(object.label(), l -> new TreeMap<>())
              .merge(find.label(), 1, Integer::sum);
        }
      }
      here.forEach(
          (label, calls) ->
              called
                  .computeIfAbsent(label, l -> new TreeMap<>())
                  .merge(mostOf(calls, label), 1, Integer::sum));
    }
  }

  private static @Nullable Detection surest(List<Detection> finds, Region at, double threshold) {
    Detection best = null;
    for (Detection d : finds) {
      if (d.probability() >= threshold
          && DetectorTrials.isAt(d, at)
          && (best == null || d.probability() > best.probability())) {
        best = d;
      }
    }
    return best;
  }

  private static int mostOf(Map<Integer, Integer> calls, int preferred) {
    int most = preferred;
    for (Map.Entry<Integer, Integer> each : calls.entrySet()) {
      if (each.getValue() > calls.getOrDefault(most, 0)) {
        most = each.getKey();
      }
    }
    return most;
  }

  /** Labels of objects that are found in some frame. */
  Set<Integer> labels() {
    return called.keySet();
  }

  /** In how many frames objects of a label are found, whatever they are called. */
  int of(int label) {
    return called.getOrDefault(label, Map.of()).values().stream().mapToInt(n -> n).sum();
  }

  /** In how many of them they are called so. */
  int of(int label, int name) {
    return called.getOrDefault(label, Map.of()).getOrDefault(name, 0);
  }

  /** What objects of a label are called most often; the label itself where that is as often. */
  int most(int label) {
    return mostOf(called.getOrDefault(label, Map.of()), label);
  }

  /** Whether most of a label's objects are called by it, in enough frames to be no chance. */
  boolean isRight(int label) {
    return of(label) >= 3 && 2 * of(label, label) > of(label);
  }

  /** What is made of a label and a name. */
  @FunctionalInterface
  interface Each {
    void take(int label, int name, int frames);
  }

  /** Hands on every label with every name that its objects are called. */
  void forEach(Each each) {
    called.forEach((label, names) -> names.forEach((name, n) -> each.take(label, name, n)));
  }
}
