package io.stopline.studio;

import io.stopline.config.ClassNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which attacks, and what they may spend. Use as {@code @Mixin AttackOptions}. */
final class AttackOptions {

  @Option(
      names = "--attack",
      paramLabel = "NAME",
      split = ",",
      description =
          "Attacks, in this order; 'stopline attacks list' names them (default: autoattack; with"
              + " --adaptive adaptive).")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--norm",
      paramLabel = "NORM",
      description = "How a change is measured: linf, l2 or l0 (default: the attack's own).")
  private @Nullable String norm;

  @Option(
      names = "--eps",
      paramLabel = "E",
      description =
          "How large a change may be, over values in 0..1: a number or a fraction such as 8/255"
              + " (default: 8/255 in linf, 0.5 in l2).")
  private @Nullable String epsilon;

  @Option(
      names = "--no-rounding",
      description = "Let attacks end between 8-bit values; else they end on them.")
  private boolean noRounding;

  @Option(
      names = "--targeted",
      paramLabel = "CLASS",
      description = "Success is this label, the name or the number of a class; else any wrong one.")
  private @Nullable String target;

  @Option(
      names = "--option",
      paramLabel = "[ATTACK.]KEY=VALUE",
      description = "A setting of every attack, or of one; see its page in docs/attacks.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--independent",
      description =
          "Each attack gets every input that is right when clean; else those still unbroken.")
  boolean independent;

  @Option(
      names = "--surrogate",
      paramLabel = "FILE",
      description = "Another model that the attacker has, for the attack 'transfer'.")
  List<Path> surrogates = List.of();

  /** Names of the attacks, in order. */
  List<String> names(boolean adaptive) {
    if (names.isEmpty()) {
      names.add(adaptive ? "adaptive" : "autoattack");
    }
    return List.copyOf(new java.util.LinkedHashSet<>(names));
  }

  /** What {@code --norm} says, in small letters; {@code linf} if nothing. */
  String norm() {
    return norm == null ? "linf" : norm.toLowerCase(java.util.Locale.ROOT);
  }

  /** What {@code --eps} says as a number; infinite if nothing. */
  double epsilon() {
    if (epsilon == null) {
      return Double.POSITIVE_INFINITY;
    }
    return Budgets.number("--eps", epsilon);
  }

  /**
   * The number of the class that {@code --targeted} says; −1 if nothing.
   *
   * @param classNames of the data, in order; empty where the model's classes are others
   * @throws BadInputException if there is no such class
   */
  int target(List<String> classNames) {
    if (target == null) {
      return -1;
    }
    String text = target.strip();
    if (text.matches("\\d{1,9}")) {
      return Integer.parseInt(text);
    }
    if (classNames.isEmpty()) {
      throw new BadInputException(
          "--targeted is '%s'; with --ground-truth model the data's names are not those of the model: give the number of the class, from 0"
              .formatted(text));
    }
    try {
      return ClassNames.index(text, classNames);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("--targeted: " + e.getMessage(), e);
    }
  }

  /** Whether one label is wanted. */
  boolean isTargeted() {
    return target != null;
  }

  /** Whether attacks must end on 8-bit values. */
  boolean rounding() {
    return !noRounding;
  }

  /**
   * All that is set for one attack, as attacks read it.
   *
   * @param targetClass the wanted class, −1 for any wrong one
   */
  Map<String, String> of(String attack, int targetClass) {
    Map<String, String> options = new LinkedHashMap<>();
    if (norm != null) {
      options.put("norm", norm());
    }
    if (epsilon != null) {
      epsilon();
      options.put("eps", epsilon);
    }
    options.put("rounding", Boolean.toString(rounding()));
    if (targetClass >= 0) {
      options.put("targeted", Integer.toString(targetClass));
    }
    settings.forEach(
        (key, value) -> {
          int dot = key.indexOf('.');
          String owner = dot < 0 ? "" : key.substring(0, dot);
          if (dot < 0) {
            options.put(key, value);
          } else if (!names.contains(owner)) {
            throw new BadInputException(
                "--option %s: '%s' is none of the attacks of this run, which are %s"
                    .formatted(key, owner, String.join(", ", names)));
          }
        });
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(attack + ".")) {
            options.put(key.substring(attack.length() + 1), value);
          }
        });
    return options;
  }
}
