package io.stopline.studio;

import io.stopline.evaluation.detection.DetectorFamily;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.model.ReadingOptions;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * A user's detector and what its file does not say of itself. Labels, pixels, {@code --rename} and
 * {@code --accept-accuracy} are said by {@link ModelOptions}, which stands beside it. Use as
 * {@code @Mixin DetectorOptions}.
 */
final class DetectorOptions {

  private static final String DETECTOR = "--detector";

  @Option(
      names = DETECTOR,
      paramLabel = "FILE",
      description =
          "A TensorFlow Lite detector: SSD or EfficientDet with TFLite_Detection_PostProcess, YOLO"
              + " v5 or v8, rows of box, score and label (end-to-end), boxes with anchors in the file's"
              + " metadata (MediaPipe), or a heat map.")
  private @Nullable Path detector;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description =
          "What kind of detector it is: ssd-postprocess, yolo-v5, yolo-v8, labelled-boxes,"
              + " anchored-boxes or heat-map (default: by its file).")
  private @Nullable String format;

  @Option(
      names = "--fit",
      paramLabel = "HOW",
      description =
          "How frames are fitted into its input: stretch, letterbox or top-left (default: by frames,"
              + " else as is usual of its kind).")
  private @Nullable String fit;

  @Option(
      names = "--boxes",
      paramLabel = "UNIT",
      description =
          "What boxes are measured in, where SSD does not say: normalised or pixels (default: by what"
              + " comes out).")
  private @Nullable String boxes;

  @Option(
      names = "--scores",
      paramLabel = "KIND",
      description =
          "What a YOLO's scores are: probabilities or logits (default: by what comes out).")
  private @Nullable String scores;

  @Option(
      names = "--suppression",
      paramLabel = "HOW",
      description =
          "Which boxes suppress each other: those of one label (by-label) or any"
              + " (all). Default: by-label.")
  private @Nullable String suppression;

  @Option(
      names = "--overlap",
      paramLabel = "SHARE",
      description =
          "Intersection over union above which of two boxes the less probable one falls (default:"
              + " 0.45; 0.5 of a heat map; 1, which is never, where the model does so itself).")
  private @Nullable Double overlap;

  @Option(
      names = "--first-label",
      paramLabel = "N",
      description =
          "The line of the labels, from 0, that an SSD's class 0 means: 0, 1 where they begin with"
              + " the background, or -1 (default: by the first name, and by frames).")
  private @Nullable Integer firstLabel;

  @Option(
      names = "--threshold",
      paramLabel = "SHARE",
      description = "From which probability on its finds count (default: 0.4).")
  private @Nullable Double threshold;

  @Option(
      names = "--judge",
      paramLabel = "LABEL",
      split = ",",
      description = "Labels that matter, with commas between them (default: all).")
  private List<String> judge = new ArrayList<>();

  /** The file; null if none is named. */
  @Nullable Path file() {
    return detector;
  }

  /** Labels that matter; empty for all. Whether the detector has them, its reading tells. */
  List<String> judged() {
    return List.copyOf(judge);
  }

  /**
   * Labels that matter, as the detector writes them; empty for all.
   *
   * @param labels of the detector
   * @throws BadInputException if it has no such label
   */
  List<String> judged(List<String> labels) {
    List<String> found = new ArrayList<>();
    for (String wanted : judge) {
      found.add(
          labels.stream()
              .filter(l -> l.equalsIgnoreCase(wanted.strip()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new BadInputException(
                          "--judge: the detector has no label '%s'; its labels are %s"
                              .formatted(wanted, some(labels)))));
    }
    return found;
  }

  private static String some(List<String> labels) {
    String first =
        labels.stream().limit(20).map("'%s'"::formatted).collect(Collectors.joining(", "));
    return labels.size() > 20 ? first + ", …" : first;
  }

  /**
   * All of it, checked.
   *
   * @param reading what is said of the model besides
   * @throws BadInputException naming the option and what it takes
   */
  DetectorSettings settings(ReadingOptions reading) {
    share("--overlap", overlap, 0);
    share("--threshold", threshold, 0.001);
    Integer first = firstLabel;
    if (first != null && (first < -1 || first > 1)) {
      throw new BadInputException("--first-label is %d; give -1, 0 or 1".formatted(first));
    }
    return new DetectorSettings(
        reading.labels(),
        reading.input(),
        format == null ? null : word("--format", format, DetectorFamily.values()),
        fit == null ? null : word("--fit", fit, FrameFit.values()),
        boxes == null ? null : word("--boxes", boxes, BoxUnit.values()),
        scores == null ? null : word("--scores", scores, Scores.values()),
        suppression == null ? null : byLabel(suppression),
        overlap,
        firstLabel,
        threshold,
        reading.renames(),
        reading.acceptAccuracy());
  }

  /** Options that are given and are about detector files alone. */
  List<String> given() {
    List<String> given = new ArrayList<>();
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("--format", format);
    all.put("--fit", fit);
    all.put("--boxes", boxes);
    all.put("--scores", scores);
    all.put("--suppression", suppression);
    all.put("--overlap", overlap);
    all.put("--first-label", firstLabel);
    all.put("--threshold", threshold);
    all.put("--judge", judge.isEmpty() ? null : judge);
    all.forEach(
        (name, value) -> {
          if (value != null) {
            given.add(name);
          }
        });
    return given;
  }

  private static boolean byLabel(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "by-label" -> true;
      case "all" -> false;
      default ->
          throw new BadInputException(
              "--suppression is '%s'; give by-label or all".formatted(text));
    };
  }

  private static void share(String option, @Nullable Double value, double least) {
    if (value != null && !(value >= least && value <= 1)) {
      throw new BadInputException(
          "%s is %s; give a share between %s and 1".formatted(option, value, least));
    }
  }

  /** The value that a word names, as options write it. */
  static <T extends Enum<T>> T word(String option, String text, T[] values) {
    for (T value : values) {
      if (word(value).equalsIgnoreCase(text.strip().replace('_', '-'))) {
        return value;
      }
    }
    throw new BadInputException(
        "%s is '%s'; give one of %s"
            .formatted(
                option,
                text,
                Arrays.stream(values)
                    .map(DetectorOptions::word)
                    .collect(Collectors.joining(", "))));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether a command line is this command's for a detector, which has options of its own. */
  static boolean areMeant(String command, String... arguments) {
    return arguments.length > 0
        && arguments[0].equals(command)
        && Arrays.stream(arguments)
            .anyMatch(a -> a.equals(DETECTOR) || a.startsWith(DETECTOR + "="));
  }

  /** The same, with a file for {@code --detector --help}, which asks for help and names none. */
  static String[] withFile(String... arguments) {
    String[] all = arguments.clone();
    for (int i = 1; i < all.length; i++) {
      if (all[i - 1].equals(DETECTOR) && (all[i].equals("--help") || all[i].equals("-h"))) {
        all[i - 1] = DETECTOR + "=FILE";
      }
    }
    return all;
  }
}
