package io.stopline.studio;

import io.stopline.campaign.detectorguard.WitnessKind;
import io.stopline.campaign.detectorguard.WitnessPlan;
import io.stopline.config.Bundle;
import io.stopline.evaluation.detection.DetectorFamily;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.road.RoadData;
import io.stopline.sdk.image.FrameFit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Another detector that checks on a guard's finder, and what its file does not say of itself. Use
 * as {@code @Mixin WitnessOptions}.
 */
final class WitnessOptions {

  @Option(
      names = "--witness",
      paramLabel = "FILE|NAME",
      description =
          "With --detector: another detector that looks at the same road and tells what the finder"
              + " does not report: a .tflite file, or a detector of the bundle of --behind by name.")
  private @Nullable String witness;

  @Option(
      names = "--witness-kinds",
      paramLabel = "KIND",
      split = ",",
      description =
          "What it tells, with commas between: hidden (it sees what the finder never reports),"
              + " phantom (it never sees what the finder reports), vanished (the finder lost an"
              + " object from near). Default: all.")
  private List<String> kinds = new ArrayList<>();

  @Option(
      names = "--witness-labels",
      paramLabel = "FILE",
      description = "Names of its labels, one a line (default: as for --labels).")
  private @Nullable Path labels;

  @Option(
      names = "--witness-rename",
      paramLabel = "FINDER=WITNESS",
      description =
          "A label that finder and witness call differently; may stand repeatedly. A witness of one"
              + " label shows whatever the finder finds.")
  private Map<String, String> renames = new LinkedHashMap<>();

  @Option(
      names = "--witness-threshold",
      paramLabel = "SHARE",
      description =
          "From which probability on it counts (default: from 0.4 on, raised until clean drives are"
              + " quiet).")
  private @Nullable Double threshold;

  @Option(
      names = "--witness-format",
      paramLabel = "NAME",
      description = "As --format; also vote-map, for a net of small receptive field.")
  private @Nullable String format;

  @Option(names = "--witness-fit", paramLabel = "HOW", description = "As --fit.")
  private @Nullable String fit;

  @Option(
      names = "--witness-input-range",
      paramLabel = "LOW..HIGH|NAME",
      description = "As --input-range.")
  private @Nullable String range;

  @Option(
      names = "--witness-accept-accuracy",
      description = "Go on though clean frames say that the witness is read in a wrong way.")
  private boolean acceptAccuracy;

  /** Whether there is one. */
  boolean isGiven() {
    return witness != null;
  }

  /** The first option that is given; empty if none is. */
  String given() {
    Map<String, Boolean> all = new LinkedHashMap<>();
    all.put("--witness", witness != null);
    all.put("--witness-kinds", !kinds.isEmpty());
    all.put("--witness-labels", labels != null);
    all.put("--witness-rename", !renames.isEmpty());
    all.put("--witness-threshold", threshold != null);
    all.put("--witness-format", format != null);
    all.put("--witness-fit", fit != null);
    all.put("--witness-input-range", range != null);
    all.put("--witness-accept-accuracy", acceptAccuracy);
    return all.entrySet().stream()
        .filter(Map.Entry::getValue)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  /**
   * Checks what can be checked before anything is read.
   *
   * @throws BadInputException naming the option and what it takes
   */
  void check() {
    if (witness == null && !given().isEmpty()) {
      throw new BadInputException(
          "%s is about a witness; name one with --witness FILE.tflite".formatted(given()));
    }
    kinds();
    settings();
  }

  private Set<WitnessKind> kinds() {
    Set<WitnessKind> wanted = EnumSet.noneOf(WitnessKind.class);
    for (String kind : kinds) {
      wanted.add(Choices.of("--witness-kinds", kind, WitnessKind.values()));
    }
    return wanted.isEmpty() ? EnumSet.allOf(WitnessKind.class) : wanted;
  }

  private DetectorSettings settings() {
    Double least = threshold;
    if (least != null && !(least >= 0.001 && least < 1)) {
      throw new BadInputException(
          "--witness-threshold is %s; give a share between 0.001 and 1".formatted(least));
    }
    return new DetectorSettings(
        labels,
        ModelOptions.input("--witness-input-range", range),
        format == null
            ? null
            : DetectorOptions.word("--witness-format", format, DetectorFamily.values()),
        fit == null ? null : DetectorOptions.word("--witness-fit", fit, FrameFit.values()),
        null,
        null,
        null,
        null,
        null,
        threshold,
        Map.of(),
        acceptAccuracy);
  }

  /**
   * Reads it as every detector is read.
   *
   * @param finder the detector that it checks on
   * @param judged labels of the finder that matter
   * @param behind the bundle that may have it; null without
   * @throws BadInputException if clean frames speak against the reading, it is the finder itself,
   *     or there is no such file
   */
  WitnessPlan plan(
      Console console,
      DetectorReading finder,
      List<String> judged,
      @Nullable Bundle behind,
      RoadData data,
      @Nullable String licence,
      long seed)
      throws IOException {
    DetectorReading reading = read(behind);
    if (reading.sha256().equals(finder.sha256())) {
      throw new BadInputException(
          "--witness %s is the file of the finder itself: what blinds the one blinds the other; name another detector"
              .formatted(witness));
    }
    Map<String, List<String>> meanings = WitnessPlan.meanings(judged, reading.labels(), renames);
    ReadDetector read;
    try {
      read = ReadDetector.of(console, forData(reading, data), data, new LabelsOut(), seed);
    } catch (BadInputException e) {
      throw new BadInputException(
          "the witness: %s (its options begin with --witness-, such as --witness-input-range; or write a manifest beside it)"
              .formatted(e.getMessage()),
          e);
    }
    return new WitnessPlan(
        read.detector(),
        meanings,
        kinds(),
        threshold != null,
        licence == null ? read.detector().licence() : licence);
  }

  private DetectorReading read(@Nullable Bundle behind) throws IOException {
    String name = String.valueOf(witness);
    Path file = Path.of(name);
    if (Files.exists(file)) {
      return DetectorReading.of(file, settings());
    }
    if (behind != null && behind.models().containsKey(name) && behind.model(name).isDetector()) {
      return DetectorReading.of(
          behind.model(name),
          behind.modelBytes(name),
          behind.labels(behind.model(name)),
          "'%s' of bundle '%s'".formatted(behind.model(name).labels(), behind.name()),
          settings());
    }
    List<String> known =
        behind == null
            ? List.of()
            : behind.models().keySet().stream().filter(m -> behind.model(m).isDetector()).toList();
    throw new BadInputException(
        "--witness is '%s', which is no file%s"
            .formatted(
                name,
                behind == null
                    ? "; give a .tflite file"
                    : ", nor a detector of bundle '%s'; its detectors are %s"
                        .formatted(behind.name(), known)));
  }

  /** A witness of one kind sees whatever the data have labelled. */
  private static DetectorReading forData(DetectorReading reading, RoadData data) {
    return reading.labels().size() == 1 && !data.classNames().isEmpty()
        ? reading.renaming(DetectorSettings.EVERY, reading.labels().get(0))
        : reading;
  }
}
