package io.stopline.studio;

import io.stopline.evaluation.export.ExportFormat;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** In which formats other tools get labelled frames. Use as {@code @Mixin ExportOptions}. */
final class ExportOptions {

  @Spec(Target.MIXEE)
  private CommandSpec mixee;

  @Option(
      names = "--export",
      paramLabel = "FORMAT",
      split = ",",
      description =
          "With --out DIR: truth and detections for other tools. coco writes coco.json and, if"
              + " judged, coco-detections.json (bbox: left, top, width, height in px); openlabel"
              + " writes openlabel.json, ASAM OpenLABEL 1.0.0 (bbox: centre x, centre y, width,"
              + " height in px). Both: coco,openlabel.")
  private List<String> words = new ArrayList<>();

  /** Whether any format was asked for. */
  boolean asked() {
    return !words.isEmpty();
  }

  /**
   * The formats; none where none was asked for.
   *
   * @throws BadInputException if there is none of such a name
   */
  Set<ExportFormat> formats() {
    Set<ExportFormat> formats = EnumSet.noneOf(ExportFormat.class);
    for (String word : words) {
      formats.add(
          ExportFormat.of(word)
              .orElseThrow(
                  () ->
                      new BadInputException(
                          "--export: there is no format '%s'; give %s, or several with commas"
                              .formatted(
                                  word,
                                  Stream.of(ExportFormat.values())
                                      .map(ExportFormat::word)
                                      .collect(Collectors.joining(" or "))))));
    }
    return formats;
  }

  /** The command line of this run, as it was typed. */
  String command() {
    return Stream.concat(
            Stream.of("./stopline"),
            mixee.root().commandLine().getParseResult().originalArgs().stream())
        .map(ExportOptions::quoted)
        .collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return word.matches("[\\p{L}\\p{N}_./:=,+@%-]+")
        ? word
        : "'" + word.replace("'", "'\\''") + "'";
  }
}
