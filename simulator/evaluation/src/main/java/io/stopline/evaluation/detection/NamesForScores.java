package io.stopline.evaluation.detection;

import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.ModelGraph;
import java.util.List;

/**
 * How many names an SSD needs: it gives numbers of labels, so that no tensor after its
 * post-processing tells, but the scores before it do. There is one for each label, and often one
 * for the background. Immutable.
 */
final class NamesForScores {

  private final DetectorReading reading;
  private final int scores;

  private NamesForScores(DetectorReading reading, int scores) {
    this.reading = reading;
    this.scores = scores;
  }

  static NamesForScores of(DetectorReading reading) {
    int scores =
        reading.format() instanceof SsdPostProcess
            ? DetectorFacts.of(ModelGraph.of(reading.file()))
                .postProcess()
                .map(DetectorFacts.PostProcess::scores)
                .orElse(0)
            : 0;
    return new NamesForScores(reading, scores);
  }

  /** Whether every number that may come out has a name if class 0 is this line of the labels. */
  boolean allows(int firstLabel) {
    return scores == 0 || (firstLabel >= 0 && firstLabel + scores - 1 <= reading.labels().size());
  }

  /** What speaks against the number of names; sound where the file does not tell. */
  LabelFigures figures() {
    int names = reading.labels().size();
    // As many as scores, one fewer where the background has a score, one more where it has a name.
    if (scores == 0 || (names >= scores - 1 && names <= scores + 1)) {
      int left = reading.format() instanceof SsdPostProcess s ? names - s.firstLabel() : names;
      return scores == 0 || left >= scores - 1
          ? LabelFigures.NONE
          : new LabelFigures(
              "",
              "",
              List.of(),
              List.of(
                  "%s has a line for the background, and only %d names for %d scores a candidate: the last label has none, or that line is too many"
                      .formatted(reading.labelsSource(), left, scores)),
              "");
    }
    String counts =
        "has %d scores a candidate (one may be the background's), but %s has %d names"
            .formatted(scores, reading.labelsSource(), names);
    boolean coco =
        names == CocoNumbers.NAMES
            && scores >= CocoNumbers.NUMBERS
            && scores <= CocoNumbers.NUMBERS + 1;
    if (coco) {
      return new LabelFigures(
          counts
              + ": those 80 are COCO's without the ten numbers that belong to nothing, so from the 12th on each is another object's",
          "give --labels with a line for each number up to 90",
          CocoNumbers.withGaps(reading.labels()),
          List.of(),
          "");
    }
    return new LabelFigures(
        counts
            + (names < scores
                ? ": some of its labels have no name, and the others may be wrong"
                : ": the names are another detector's"),
        "give --labels with one name for each of its labels",
        List.of(),
        List.of(),
        "");
  }
}
