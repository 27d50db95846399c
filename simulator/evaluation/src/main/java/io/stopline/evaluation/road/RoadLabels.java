package io.stopline.evaluation.road;

import io.stopline.evaluation.Csv;
import io.stopline.evaluation.UnusableDatasetException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says which class of a data set is which label of the models: by name (case, spaces and
 * punctuation do not count), or as a table {@code class,label} has it. Classes that the models do
 * not know become signs of another kind, which are neither found rightly nor wrongly.
 */
public final class RoadLabels {

  /** As many unknown classes are named in a warning. */
  private static final int NAMED = 12;

  private final List<String> labels;
  private final @Nullable Path table;

  /**
   * @param labels of the models, by index
   * @param table {@code class,label}: a class of the data set (name or number) and a label of the
   *     models (name or number; empty for a sign of another kind); null to go by names alone
   */
  public RoadLabels(List<String> labels, @Nullable Path table) {
    this.labels = List.copyOf(labels);
    this.table = table;
  }

  /**
   * The same frames with the models' labels.
   *
   * @throws UnusableDatasetException if the models know none of the classes that occur, or the
   *     table is wrong; names place and cure
   */
  public RoadData apply(RoadData data) {
    int[] map = byName(data);
    List<String> warnings = new ArrayList<>(data.warnings());
    if (table != null) {
      byTable(table, data, map);
    } else if (data.classNames().equals(GtsrbClasses.NAMES)
        && labels.size() == map.length
        && Arrays.stream(map).allMatch(label -> label == SignBox.OTHER)) {
      Arrays.setAll(map, i -> i);
      warnings.add(
          "the models' labels have other names than GTSRB's classes, but are as many: taken to be in GTSRB's order");
    }
    Map<Integer, Integer> unknown = new HashMap<>();
    int known = 0;
    int boxes = 0;
    List<RoadFrame> frames = new ArrayList<>();
    for (RoadFrame frame : data.frames()) {
      List<SignBox> signs = new ArrayList<>();
      for (SignBox sign : frame.signs()) {
        int label = sign.known() ? map[sign.label()] : SignBox.OTHER;
        if (sign.known()) {
          boxes++;
          known += label == SignBox.OTHER ? 0 : 1;
          if (label == SignBox.OTHER) {
            unknown.merge(sign.label(), 1, Integer::sum);
          }
        }
        signs.add(new SignBox(sign.region(), label));
      }
      frames.add(frame.withSigns(signs));
    }
    String list = list(data, unknown);
    if (known == 0 && boxes > 0) {
      throw new UnusableDatasetException(
          "the models know none of the classes of '%s' (%s); their labels are like '%s'. Say with --road-labels FILE which is which: a table class,label"
              .formatted(data.name(), list, labels.get(0)));
    }
    if (!unknown.isEmpty()) {
      warnings.add(
          "classes that the models do not know count as signs of another kind, neither right nor false (--road-labels FILE, a table class,label, says otherwise): "
              + list);
    }
    return new RoadData(data.name(), data.split(), labels, frames, data.sha256(), warnings);
  }

  private static String list(RoadData data, Map<Integer, Integer> unknown) {
    List<String> named =
        unknown.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .limit(NAMED)
            .map(e -> "'%s' (%d boxes)".formatted(data.classNames().get(e.getKey()), e.getValue()))
            .toList();
    int others = unknown.size() - named.size();
    return String.join(", ", named) + (others > 0 ? " and %d others".formatted(others) : "");
  }

  private int[] byName(RoadData data) {
    Map<String, Integer> known = new HashMap<>();
    for (int i = 0; i < labels.size(); i++) {
      // A name that two labels share tells nothing.
      known.merge(plain(labels.get(i)), i, (a, b) -> SignBox.OTHER);
    }
    return data.classNames().stream()
        .mapToInt(name -> known.getOrDefault(plain(name), SignBox.OTHER))
        .toArray();
  }

  private void byTable(Path file, RoadData data, int[] map) {
    for (Csv.Row row : Csv.read(file, "class", "label")) {
      int from = index(row, "class", data.classNames());
      map[from] = row.text("label").isBlank() ? SignBox.OTHER : index(row, "label", labels);
    }
  }

  /** The index that a cell names, by number or by name. */
  private static int index(Csv.Row row, String column, List<String> names) {
    String text = row.text(column).strip();
    int found = -1;
    for (int i = 0; i < names.size() && found < 0; i++) {
      found = names.get(i).equals(text) ? i : -1;
    }
    for (int i = 0; i < names.size() && found < 0; i++) {
      found = !text.isEmpty() && plain(names.get(i)).equals(plain(text)) ? i : -1;
    }
    if (found < 0 && text.matches("\\d{1,6}") && Integer.parseInt(text) < names.size()) {
      found = Integer.parseInt(text);
    }
    if (found < 0) {
      throw row.problem(
          "column '%s' has '%s', which is none of the %d names and no number in 0..%d"
              .formatted(column, text, names.size(), names.size() - 1));
    }
    return found;
  }

  /** Letters and digits alone, in lower case, without accents. */
  private static String plain(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKD)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{Nd}]", "");
  }
}
