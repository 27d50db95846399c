package io.stopline.evaluation.detection;

import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignBox;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Frames whose objects have the labels of a detector. Names are paired without regard to letter
 * case, spaces and punctuation. Objects of classes that the detector does not know are not to be
 * judged: a find on them is neither right nor false. Immutable.
 *
 * @param data as it was read
 * @param objects one list a frame: boxes with the detector's labels, or {@link SignBox#OTHER}
 * @param known how many objects have a label of the detector
 * @param paired the detector's label by the class of the data, for those that are known
 * @param unknown classes of the data that occur and that the detector does not know, with the
 *     number of their boxes
 */
public record LabelledFrames(
    RoadData data,
    List<List<SignBox>> objects,
    int known,
    Map<String, String> paired,
    Map<String, Integer> unknown) {

  private static final int NAMED = 8;

  public LabelledFrames {
    objects = objects.stream().map(List::copyOf).toList();
    paired = Map.copyOf(paired);
    unknown = Map.copyOf(unknown);
  }

  /**
   * Pairs classes and labels.
   *
   * @param labels of the detector, in its order
   * @param renames as {@link DetectorSettings#renames()} has it
   * @throws UnusableDatasetException if a rename names what neither side has; names the cure
   */
  public static LabelledFrames of(RoadData data, List<String> labels, Map<String, String> renames) {
    Map<String, Integer> byForm = new HashMap<>();
    for (int i = 0; i < labels.size(); i++) {
      byForm.putIfAbsent(form(labels.get(i)), i);
    }
    Map<String, Integer> renamed = new HashMap<>();
    renames.forEach(
        (from, to) -> {
          Integer label = byForm.get(form(to));
          if (label == null) {
            throw new UnusableDatasetException(
                "--rename '%s=%s': the detector has no label '%s'; its labels are %s"
                    .formatted(from, to, to, some(labels)));
          }
          boolean every = from.equals(DetectorSettings.EVERY);
          if (!every
              && data.classNames().stream().noneMatch(name -> form(name).equals(form(from)))) {
            throw new UnusableDatasetException(
                "--rename '%s=%s': the data have no class '%s'; their classes are %s"
                    .formatted(from, to, from, some(data.classNames())));
          }
          renamed.put(every ? from : form(from), label);
        });
    List<Integer> labelOf = new ArrayList<>();
    for (String name : data.classNames()) {
      Integer label = renamed.getOrDefault(form(name), byForm.get(form(name)));
      labelOf.add(
          label != null ? label : renamed.getOrDefault(DetectorSettings.EVERY, SignBox.OTHER));
    }
    List<List<SignBox>> objects = new ArrayList<>();
    Map<String, String> paired = new TreeMap<>();
    Map<String, Integer> unknown = new TreeMap<>();
    int known = 0;
    for (RoadFrame frame : data.frames()) {
      List<SignBox> here = new ArrayList<>();
      for (SignBox sign : frame.signs()) {
        int label = sign.known() ? labelOf.get(sign.label()) : SignBox.OTHER;
        if (label != SignBox.OTHER) {
          known++;
          paired.put(data.classNames().get(sign.label()), labels.get(label));
        } else if (sign.known()) {
          unknown.merge(data.classNames().get(sign.label()), 1, Integer::sum);
        }
        here.add(new SignBox(sign.region(), label));
      }
      objects.add(here);
    }
    return new LabelledFrames(data, objects, known, paired, unknown);
  }

  /** The frames with an object that the detector should find. */
  LabelledFrames withObjects(int limit) {
    List<Integer> those = new ArrayList<>();
    for (int i = 0; i < objects.size(); i++) {
      if (objects.get(i).stream().anyMatch(SignBox::known)) {
        those.add(i);
      }
    }
    return take(those).spread(limit);
  }

  /**
   * Frames that show each label as often as may be.
   *
   * @param each so many frames of a label are enough
   * @param limit of frames in all
   */
  LabelledFrames ofEachLabel(int each, int limit) {
    Map<Integer, Integer> have = new HashMap<>();
    List<Integer> those = new ArrayList<>();
    for (int i = 0; i < objects.size() && those.size() < limit; i++) {
      Set<Integer> here = new TreeSet<>();
      objects.get(i).stream().filter(SignBox::known).forEach(o -> here.add(o.label()));
      if (here.stream().anyMatch(label -> have.getOrDefault(label, 0) < each)) {
        here.forEach(label -> have.merge(label, 1, Integer::sum));
        those.add(i);
      }
    }
    return take(those);
  }

  /** Evenly spread frames. */
  LabelledFrames spread(int limit) {
    int n = objects.size();
    if (n <= limit) {
      return this;
    }
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < limit; i++) {
      numbers.add((int) ((long) i * n / limit));
    }
    return take(numbers);
  }

  private LabelledFrames take(List<Integer> numbers) {
    List<List<SignBox>> some = numbers.stream().map(objects::get).toList();
    long count = some.stream().flatMap(List::stream).filter(SignBox::known).count();
    return new LabelledFrames(data.take(numbers), some, (int) count, paired, unknown);
  }

  /** How many of its boxes nobody can judge, in words; empty if there are none. */
  public String unknownWords() {
    if (unknown.isEmpty()) {
      return "";
    }
    String list =
        unknown.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .limit(NAMED)
            .map(e -> "'%s' (%d boxes)".formatted(e.getKey(), e.getValue()))
            .collect(Collectors.joining(", "));
    return "the detector has no label for %s%s of the data; finds there are neither right nor false (--rename 'DATA=LABEL' pairs names, --rename '*=LABEL' all that have none)"
        .formatted(
            list, unknown.size() > NAMED ? " and %d more".formatted(unknown.size() - NAMED) : "");
  }

  /** Which classes are compared with which labels, in words. */
  public String pairedWords() {
    return paired.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .limit(NAMED)
            .map(
                e ->
                    e.getKey().equals(e.getValue())
                        ? "'%s'".formatted(e.getKey())
                        : "'%s' as '%s'".formatted(e.getKey(), e.getValue()))
            .collect(Collectors.joining(", "))
        + (paired.size() > NAMED ? " and %d more".formatted(paired.size() - NAMED) : "");
  }

  private static String some(List<String> names) {
    String first =
        names.stream().limit(NAMED).map("'%s'"::formatted).collect(Collectors.joining(", "));
    return names.size() > NAMED ? first + ", …" : first;
  }

  /** Letters and digits alone, in lower case. */
  static String form(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{Nd}]", "");
  }
}
