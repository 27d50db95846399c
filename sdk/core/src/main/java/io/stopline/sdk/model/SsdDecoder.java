package io.stopline.sdk.model;

import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import java.util.ArrayList;
import java.util.List;

/** Decodes {@link DetectorFormat.SsdPostProcess}. Allocates nothing but its result. */
final class SsdDecoder implements DetectionDecoder {

  private static final int BOX = 4;

  /** Quantised class numbers are whole to within rounding. */
  private static final double WHOLE = 1e-3;

  private final double threshold;
  private final int maximum;
  private final int inputWidth;
  private final int inputHeight;
  private final int labels;
  private final int firstLabel;
  private final OutputReader boxes;
  private final OutputReader classes;
  private final OutputReader scores;
  private final OutputReader count;
  private final int rows;
  private final BestCandidates best;
  private final ScoreCount scoreCount;
  private final KeptBoxes kept;
  private int discarded;

  /**
   * @throws IllegalArgumentException if the model's outputs are not as the format has them
   */
  SsdDecoder(
      String name,
      VisionModel model,
      int inputWidth,
      int inputHeight,
      int labels,
      DetectionDecoding decoding) {
    SsdPostProcess format = (SsdPostProcess) decoding.format();
    this.inputWidth = inputWidth;
    this.inputHeight = inputHeight;
    this.labels = labels;
    threshold = decoding.threshold();
    maximum = decoding.maximum();
    firstLabel = format.firstLabel();
    List<Part> parts = SsdOutputs.parts(name, model.outputs(), format.outputs());
    boxes = new OutputReader(model, parts.indexOf(Part.BOXES));
    classes = new OutputReader(model, parts.indexOf(Part.CLASSES));
    scores = new OutputReader(model, parts.indexOf(Part.SCORES));
    count = new OutputReader(model, parts.indexOf(Part.COUNT));
    rows = model.outputs().get(parts.indexOf(Part.SCORES)).elements();
    best = new BestCandidates(rows);
    scoreCount = new ScoreCount(name);
    kept = new KeptBoxes(maximum);
  }

  @Override
  public int discarded() {
    return discarded;
  }

  @Override
  public List<Detection> decode(FramePlacement placement) {
    discarded = 0;
    best.clear();
    kept.clear();
    boxes.fetch();
    classes.fetch();
    scores.fetch();
    count.fetch();
    findScores(counted());
    int found = best.sort();
    List<Detection> detections = new ArrayList<>(Math.min(found, maximum));
    for (int k = 0; k < found && detections.size() < maximum; k++) {
      int row = best.index(k);
      int label = label(row);
      if (label < 0 || !offer(row, placement)) {
        discarded++;
      } else {
        detections.add(kept.keep(label, best.probability(k)));
      }
    }
    return detections;
  }

  /** How many rows are to be looked at: all if the count cannot be. */
  private int counted() {
    float told = count.real(0);
    if (told >= 0 && told <= rows && Math.abs(told - Math.rint(told)) <= WHOLE) {
      return Math.round(told);
    }
    discarded++;
    return rows;
  }

  private void findScores(int until) {
    scoreCount.clear();
    for (int i = 0; i < until; i++) {
      float score = scores.real(i);
      if (scoreCount.isFinite(score) && score >= threshold) {
        best.add(i, score);
      }
    }
    discarded += scoreCount.senseless();
    scoreCount.requireAny();
  }

  /** The line of the labels that a row's class means; -1 if none does. */
  private int label(int row) {
    float number = classes.real(row);
    if (!(number >= 0 && number < labels + 1 && Math.abs(number - Math.rint(number)) <= WHOLE)) {
      return -1;
    }
    int label = Math.round(number) + firstLabel;
    return label < labels ? label : -1;
  }

  /** False if there is no such box in the frame. */
  private boolean offer(int row, FramePlacement placement) {
    double y0 = boxes.real(BOX * row);
    double x0 = boxes.real(BOX * row + 1);
    double y1 = boxes.real(BOX * row + 2);
    double x1 = boxes.real(BOX * row + 3);
    return kept.offer(
        placement, inputWidth * x0, inputHeight * y0, inputWidth * x1, inputHeight * y1);
  }
}
