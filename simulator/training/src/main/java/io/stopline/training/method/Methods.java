package io.stopline.training.method;

import io.stopline.attacks.Options;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.training.TrainingMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The training methods that there are, by name. Stateless and thread-safe. */
public final class Methods {

  private Methods() {}

  /**
   * Makes a method from its settings. It asks {@code options} for all that it knows and leaves
   * {@link Options#end} to the registry.
   */
  @FunctionalInterface
  interface Maker {
    TrainingMethod make(Options options, List<DifferentiableModel> teachers);
  }

  /**
   * A setting of a method, as {@code name=value} gives it.
   *
   * @param name as the command line writes it
   * @param otherwise what holds where it is not given, as text
   * @param meaning one line
   */
  public record Setting(String name, String otherwise, String meaning) {}

  /**
   * A method that there is.
   *
   * @param name as the command line writes it
   * @param description one line: what it is, and the paper
   * @param teachers what it uses other models for, one line; empty if it uses none
   * @param settings all that it knows
   */
  public record Description(
      String name, String description, String teachers, List<Setting> settings) {
    public Description {
      settings = List.copyOf(settings);
    }
  }

  /** A method with what makes it. */
  record Entry(Description description, Maker maker) {}

  private static final Map<String, Entry> ENTRIES = entries();

  private static Map<String, Entry> entries() {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Entry entry : AdversarialMethods.ENTRIES) {
      entries.put(entry.description().name(), entry);
    }
    for (Entry entry : FurtherMethods.ENTRIES) {
      entries.put(entry.description().name(), entry);
    }
    entries.put(WindowTraining.ENTRY.description().name(), WindowTraining.ENTRY);
    entries.put(IntervalBounds.ENTRY.description().name(), IntervalBounds.ENTRY);
    return entries;
  }

  /**
   * Makes a method that another one builds on, from the same settings.
   *
   * @throws IllegalArgumentException if there is none of that name, or it needs other models itself
   */
  static TrainingMethod makeBase(String name, Options options) {
    Entry entry = entry(name);
    if (!entry.description().teachers().isEmpty()) {
      throw new IllegalArgumentException(
          "method '%s' needs other models itself and is no base; take one such as standard, noise, masks or pgd"
              .formatted(name));
    }
    return entry.maker().make(options, List.of());
  }

  /** All names, in the order in which they are best explained. */
  public static List<String> names() {
    return List.copyOf(ENTRIES.keySet());
  }

  /** All methods, in the order of {@link #names}. */
  public static List<Description> all() {
    return ENTRIES.values().stream().map(Entry::description).toList();
  }

  /**
   * What a method is and what can be set.
   *
   * @throws IllegalArgumentException if there is no such method, with the names that there are
   */
  public static Description describe(String name) {
    return entry(name).description();
  }

  /**
   * Makes a method.
   *
   * @param settings texts by name ({@link Description#settings}); what is not there has the paper's
   *     default
   * @param teachers other models that it learns from or against, for methods that do; it closes
   *     them with itself, also where it cannot be made
   * @throws IllegalArgumentException naming method, setting, value and what is allowed
   */
  public static TrainingMethod make(
      String name, Map<String, String> settings, List<DifferentiableModel> teachers) {
    try {
      Entry entry = entry(name);
      if (entry.description().teachers().isEmpty() && !teachers.isEmpty()) {
        throw new IllegalArgumentException(
            "method '%s' uses no teacher; leave out the %d that were given"
                .formatted(name, teachers.size()));
      }
      Options options = new Options("method", name, settings);
      TrainingMethod method = entry.maker().make(options, List.copyOf(teachers));
      options.end();
      return method;
    } catch (RuntimeException e) {
      teachers.forEach(DifferentiableModel::close);
      throw e;
    }
  }

  /** Makes a method that uses no other models; see {@link #make(String, Map, List)}. */
  public static TrainingMethod make(String name, Map<String, String> settings) {
    return make(name, settings, List.of());
  }

  private static Entry entry(String name) {
    Entry entry = ENTRIES.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "there is no training method '%s'; there are: %s"
              .formatted(name, String.join(", ", ENTRIES.keySet())));
    }
    return entry;
  }
}
