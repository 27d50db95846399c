package io.stopline.campaign.hardening;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is wanted of a training, as a file says it that lies beside the model which it made. All may
 * be left out; what is asked for on the command line goes before.
 *
 * @param model the file to start from
 * @param architecture name or file of an architecture to start from instead
 * @param method name of the training method
 * @param settings of method, schedule and augmentation, as texts by name
 * @param teachers models that a method learns from or keeps away from
 * @param int8 whether a full-integer file is made too
 * @param time limit of the training, in seconds
 * @param seed of all random draws
 * @param figures what is measured afterwards, as texts by the name of the option: {@code attack},
 *     {@code attack-eps}, {@code attack-limit}
 */
public record Recipe(
    Optional<Path> model,
    Optional<String> architecture,
    Optional<String> method,
    Map<String, String> settings,
    List<Path> teachers,
    Optional<Boolean> int8,
    OptionalLong time,
    OptionalLong seed,
    Map<String, String> figures) {

  /** Nothing is asked for. */
  public static final Recipe NONE =
      new Recipe(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          List.of(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          Map.of());

  public Recipe {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    teachers = List.copyOf(teachers);
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }
}
