package io.stopline.campaign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.scene.scenario.Light;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What bare models read on clean renderings.
 *
 * @param readers the policy's members in its order, then {@code mean}, the mean of their
 *     probabilities
 * @param classNames one a class
 * @param renderings in the order in which they were drawn
 */
public record RealismResult(
    List<String> readers, List<String> classNames, List<Realism.Rendering> renderings) {

  private static final double[] HEIGHTS = {SignCrop.NEAR_PIXELS, 28, 40, 60};

  public RealismResult {
    readers = List.copyOf(readers);
    classNames = List.copyOf(classNames);
    renderings = List.copyOf(renderings);
  }

  /** Share of all renderings that a reader got right. */
  public Rate rate(int reader) {
    return rate(reader, r -> true);
  }

  /** Share of a class's renderings that a reader got right. */
  public Rate rate(int reader, int signClass) {
    return rate(reader, r -> r.signClass() == signClass);
  }

  /** The readers that fall short of {@link Realism#GOAL}. */
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (int r = 0; r < readers.size(); r++) {
      // Not at least, so that no renderings at all are a miss too.
      if (!(rate(r).value() >= Realism.GOAL)) {
        missing.add(readers.get(r));
      }
    }
    return missing;
  }

  /** The same by what may make reading hard: the sign's height, and where its light comes from. */
  public Map<String, Predicate<Realism.Rendering>> conditions() {
    Map<String, Predicate<Realism.Rendering>> conditions = new LinkedHashMap<>();
    for (int i = 0; i < HEIGHTS.length; i++) {
      double from = HEIGHTS[i];
      double to = i + 1 < HEIGHTS.length ? HEIGHTS[i + 1] : Double.POSITIVE_INFINITY;
      String name =
          to == Double.POSITIVE_INFINITY
              ? String.format(Locale.ROOT, "%.0f px and higher", from)
              : String.format(Locale.ROOT, "%.0f to %.0f px high", from, to);
      conditions.put(name, r -> r.heightPixels() >= from && r.heightPixels() < to);
    }
    conditions.put("overcast (half or more)", r -> isOvercast(r.light()));
    conditions.put("sun on the face", r -> !isOvercast(r.light()) && isFromBehind(r.light()));
    conditions.put("sun behind the sign", r -> !isOvercast(r.light()) && !isFromBehind(r.light()));
    return conditions;
  }

  private static boolean isOvercast(Light light) {
    return light.overcast() >= 0.5;
  }

  private static boolean isFromBehind(Light light) {
    double azimuth = light.sunAzimuthDegrees();
    return azimuth > 90 && azimuth < 270;
  }

  /** Share of the renderings of a condition that a reader got right. */
  public Rate rate(int reader, Predicate<Realism.Rendering> condition) {
    long right = 0;
    long of = 0;
    for (Realism.Rendering r : renderings) {
      if (condition.test(r)) {
        of++;
        right += r.labels().get(reader) == r.signClass() ? 1 : 0;
      }
    }
    return Rate.of(right, of);
  }

  /** The table for people: right readings by class, then by condition, then all with intervals. */
  public String table() {
    StringBuilder text = new StringBuilder();
    int name = classNames.stream().mapToInt(String::length).max().orElse(0);
    text.append(pad("class", name + 3)).append(String.format(Locale.ROOT, "%6s", "of"));
    readers.forEach(r -> text.append(String.format(Locale.ROOT, "%15s", r)));
    text.append("  taken for\n");
    for (int c = 0; c < classNames.size(); c++) {
      int signClass = c;
      line(
          text,
          String.format(Locale.ROOT, "%2d %s", c, classNames.get(c)),
          name + 3,
          r -> r.signClass() == signClass);
      text.append(mistakes(c)).append('\n');
    }
    text.append('\n');
    conditions()
        .forEach(
            (condition, test) -> {
              line(text, condition, name + 3, test);
              text.append('\n');
            });
    text.append('\n');
    for (int r = 0; r < readers.size(); r++) {
      text.append(pad(readers.get(r), 15)).append(' ').append(rate(r)).append('\n');
    }
    return text.toString();
  }

  private void line(
      StringBuilder text, String name, int width, Predicate<Realism.Rendering> condition) {
    text.append(pad(name, width))
        .append(String.format(Locale.ROOT, "%6d", rate(0, condition).of()));
    for (int r = 0; r < readers.size(); r++) {
      text.append(String.format(Locale.ROOT, "%15d", rate(r, condition).count()));
    }
  }

  /** The classes that any reader took this one for. */
  private String mistakes(int signClass) {
    Set<Integer> others = new TreeSet<>();
    for (Realism.Rendering r : renderings) {
      if (r.signClass() == signClass) {
        r.labels().stream().filter(l -> l != signClass).forEach(others::add);
      }
    }
    return others.isEmpty()
        ? ""
        : "  " + String.join(", ", others.stream().map(String::valueOf).toList());
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  /** Fields of the report: {@code goal, models, classes, conditions}. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("goal", Realism.GOAL);
    ObjectNode models = node.putObject("models");
    for (int r = 0; r < readers.size(); r++) {
      models.set(readers.get(r), rate(r).toJson());
    }
    var classes = node.putArray("classes");
    for (int c = 0; c < classNames.size(); c++) {
      ObjectNode one = classes.addObject().put("class", c).put("name", classNames.get(c));
      for (int r = 0; r < readers.size(); r++) {
        one.set(readers.get(r), rate(r, c).toJson());
      }
    }
    var byCondition = node.putArray("conditions");
    conditions()
        .forEach(
            (condition, test) -> {
              ObjectNode one = byCondition.addObject().put("condition", condition);
              for (int r = 0; r < readers.size(); r++) {
                one.set(readers.get(r), rate(r, test).toJson());
              }
            });
    var mistakes = node.putArray("mistakes");
    for (Realism.Rendering rendering : renderings) {
      for (int r = 0; r < readers.size(); r++) {
        if (rendering.labels().get(r) != rendering.signClass()) {
          mistakes
              .addObject()
              .put("reader", readers.get(r))
              .put("class", rendering.signClass())
              .put("label", rendering.labels().get(r))
              .put("driveSeed", rendering.driveSeed())
              .put("frame", rendering.frame())
              .put("heightPixels", Math.round(10 * rendering.heightPixels()) / 10.0);
        }
      }
    }
    return node;
  }
}
