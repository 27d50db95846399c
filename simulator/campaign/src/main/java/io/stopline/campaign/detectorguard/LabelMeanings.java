package io.stopline.campaign.detectorguard;

import io.stopline.evaluation.UnusableDatasetException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a detector's labels mean to classifiers behind it: for each label of the detector that has a
 * counterpart the classes that it may be. Names are compared without letter case, spaces and
 * punctuation.
 *
 * @param classesOf names of classes by the detector's label
 */
public record LabelMeanings(Map<String, List<String>> classesOf) {

  /** Nothing is behind. */
  public static final LabelMeanings NONE = new LabelMeanings(Map.of());

  private static final int NAMED = 8;

  public LabelMeanings {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    classesOf.forEach((label, classes) -> copy.put(label, List.copyOf(classes)));
    classesOf = Collections.unmodifiableMap(copy);
  }

  /**
   * Pairs labels and classes.
   *
   * @param labels of the detector
   * @param classes of the classifiers
   * @param renames the detector's label by the name of a class; {@code *} for each class that has
   *     no other
   * @throws UnusableDatasetException if nothing pairs; names the cure
   */
  public static LabelMeanings of(
      List<String> labels, List<String> classes, Map<String, String> renames) {
    Map<String, List<String>> meanings = new LinkedHashMap<>();
    for (String name : classes) {
      String wanted = name;
      for (Map.Entry<String, String> rename : renames.entrySet()) {
        if (form(rename.getKey()).equals(form(name))) {
          wanted = rename.getValue();
        }
      }
      String label = find(labels, wanted);
      if (label == null && renames.containsKey("*")) {
        label = find(labels, renames.getOrDefault("*", ""));
      }
      if (label != null) {
        meanings.computeIfAbsent(label, l -> new ArrayList<>()).add(name);
      }
    }
    if (meanings.isEmpty()) {
      throw new UnusableDatasetException(
          "no label of the detector (%s) is a class of the classifiers behind it (%s); pair them with --rename 'CLASS=LABEL', or --rename '*=LABEL' for a detector of one kind"
              .formatted(some(labels), some(classes)));
    }
    return new LabelMeanings(meanings);
  }

  private static @Nullable String find(List<String> labels, String name) {
    return labels.stream().filter(l -> form(l).equals(form(name))).findFirst().orElse(null);
  }

  private static String some(List<String> names) {
    String first = String.join("', '", names.subList(0, Math.min(NAMED, names.size())));
    return "'" + first + "'" + (names.size() > NAMED ? ", …" : "");
  }

  private static String form(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{Nd}*]", "");
  }
}
