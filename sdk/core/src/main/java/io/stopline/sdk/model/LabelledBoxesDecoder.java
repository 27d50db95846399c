package io.stopline.sdk.model;

import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.model.DetectorFormat.LabelledBoxes;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes {@link LabelledBoxes}. Allocates nothing but its result. */
final class LabelledBoxesDecoder implements DetectionDecoder {

  private static final int MOST_CANDIDATES = 4096;

  private static final int BOX = 4;
  private static final int ROW = 6;

  /** How far a number of a label may be from a whole one where it is not rounded. */
  private static final double WHOLE = 1e-3;

  /** Coarser than this, an 8-bit score tells nothing. */
  private static final double COARSEST_SCORE = 0.1;

  private final LabelledBoxes format;
  private final double threshold;
  private final int maximum;
  private final int labels;
  private final double unitX;
  private final double unitY;
  private final OutputReader boxes;
  private final OutputReader scores;
  private final OutputReader classes;
  private final @Nullable OutputReader count;

  /** Numbers from one row to the next, of boxes and of the rest. */
  private final int boxStride;

  private final int stride;
  private final int scoreAt;
  private final int classAt;
  private final double whole;
  private final int rows;
  private final BestCandidates best;
  private final ScoreCount scoreCount;
  private final KeptBoxes kept;
  private int discarded;

  /**
   * @throws IllegalArgumentException if the model's outputs are not as the format has them
   */
  LabelledBoxesDecoder(
      String name,
      VisionModel model,
      int inputWidth,
      int inputHeight,
      int labels,
      DetectionDecoding decoding) {
    this.labels = labels;
    format = (LabelledBoxes) decoding.format();
    threshold = decoding.threshold();
    maximum = decoding.maximum();
    unitX = format.unit() == BoxUnit.NORMALISED ? inputWidth : 1;
    unitY = format.unit() == BoxUnit.NORMALISED ? inputHeight : 1;
    List<TensorSpec> outputs = model.outputs();
    TensorSpec scored;
    TensorSpec named;
    if (outputs.size() == 1 && format.outputs().isEmpty()) {
      scored = table(name, outputs.get(0));
      named = scored;
      boxes = new OutputReader(model, 0);
      scores = boxes;
      classes = boxes;
      count = null;
      boxStride = ROW;
      stride = ROW;
      scoreAt = BOX;
      classAt = BOX + 1;
      rows = scored.elements() / ROW;
    } else {
      List<Part> parts = BoxOutputs.parts(name, outputs, format.outputs());
      scored = outputs.get(parts.indexOf(Part.SCORES));
      named = outputs.get(parts.indexOf(Part.CLASSES));
      boxes = new OutputReader(model, parts.indexOf(Part.BOXES));
      scores = new OutputReader(model, parts.indexOf(Part.SCORES));
      classes = new OutputReader(model, parts.indexOf(Part.CLASSES));
      count =
          parts.contains(Part.COUNT) ? new OutputReader(model, parts.indexOf(Part.COUNT)) : null;
      boxStride = BOX;
      stride = 1;
      scoreAt = 0;
      classAt = 0;
      rows = scored.elements();
    }
    requireFine(name, scored, named, labels);
    // Rounded to the nearest step, a whole number lies half a step off at most.
    whole = named.type() == ElementType.FLOAT32 ? WHOLE : WHOLE + 0.5 * (named.scale() % 1);
    best = new BestCandidates(Math.min(rows, MOST_CANDIDATES));
    scoreCount = new ScoreCount(name);
    kept = new KeptBoxes(maximum);
  }

  private static TensorSpec table(String name, TensorSpec output) {
    List<Integer> shape = output.shape();
    if (shape.size() != 3 || shape.get(0) != 1 || shape.get(2) != ROW) {
      throw new IllegalArgumentException(
          "detector '%s' gives %s; 'labelled-boxes' is one tensor 1×N×6 (left, top, right, bottom, score, label), or boxes 1×N×4, scores 1×N and classes 1×N, for one image"
              .formatted(name, output));
    }
    return output;
  }

  /** Of 8-bit tensors: whether steps are small enough for what they hold. */
  private static void requireFine(String name, TensorSpec scored, TensorSpec named, int labels) {
    boolean coarseScores = scored.type() != ElementType.FLOAT32 && scored.scale() > COARSEST_SCORE;
    boolean coarseLabels = named.type() != ElementType.FLOAT32 && named.scale() > 1 && labels > 1;
    if (coarseScores || coarseLabels) {
      throw new IllegalArgumentException(
          "detector '%s' gives %s, whose steps are too coarse for %s; export it with a float output (such as 'integer_quant' instead of 'full_integer_quant'), or without suppression (nms=False)"
              .formatted(
                  name,
                  coarseScores ? scored : named,
                  coarseScores ? "scores of 0 to 1" : "numbers of labels"));
    }
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
    if (scores != boxes) {
      scores.fetch();
      classes.fetch();
    }
    findScores(counted());
    int found = best.sort();
    List<Detection> detections = new ArrayList<>(Math.min(found, maximum));
    for (int k = 0; k < found && detections.size() < maximum; k++) {
      int row = best.index(k);
      int label = label(row);
      if (label < 0 || !offer(row, placement)) {
        discarded++;
      } else if (!kept.isCovered(format.overlap(), label, format.byLabel())) {
        detections.add(kept.keep(label, best.probability(k)));
      }
    }
    return detections;
  }

  /** How many rows are to be looked at: all if there is no count, or one that cannot be. */
  private int counted() {
    if (count == null) {
      return rows;
    }
    count.fetch();
    float told = count.real(0);
    if (told >= 0 && told <= rows && Math.abs(told - Math.rint(told)) <= WHOLE) {
      return Math.round(told);
    }
    discarded++;
    return rows;
  }

  private void findScores(int until) {
    scoreCount.clear();
    for (int n = 0; n < until; n++) {
      float score = scores.real(stride * n + scoreAt);
      if (scoreCount.isFinite(score) && score >= threshold) {
        best.add(n, score);
      }
    }
    discarded += scoreCount.senseless();
    scoreCount.requireAny();
  }

  /** The label of a row; -1 if none has its number. */
  private int label(int row) {
    float number = classes.real(stride * row + classAt);
    double nearest = Math.rint(number);
    boolean one = nearest >= 0 && nearest < labels && Math.abs(number - nearest) <= whole;
    return one ? (int) nearest : -1;
  }

  /** False if there is no such box in the frame. */
  private boolean offer(int row, FramePlacement placement) {
    int at = boxStride * row;
    return kept.offer(
        placement,
        unitX * boxes.real(at),
        unitY * boxes.real(at + 1),
        unitX * boxes.real(at + 2),
        unitY * boxes.real(at + 3));
  }
}
