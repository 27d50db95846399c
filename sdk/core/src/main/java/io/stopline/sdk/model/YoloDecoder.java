package io.stopline.sdk.model;

import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes {@link DetectorFormat.Yolo}. However many candidates are above the threshold, only the
 * best are looked at further. Allocates nothing but its result.
 */
final class YoloDecoder implements DetectionDecoder {

  /** One large object alone can have some hundred candidates, which suppression takes away. */
  private static final int MOST_CANDIDATES = 4096;

  private static final int OBJECTNESS = 4;

  private final String name;
  private final Yolo format;
  private final double threshold;
  private final int maximum;
  private final int labels;
  private final double unitX;
  private final double unitY;
  private final OutputReader output;
  private final int candidates;
  private final int valueStride;
  private final int candidateStride;

  // The largest score of each candidate, as the model gives it, and whose it is.
  private final float[] largest;
  private final int[] label;
  private final BestCandidates best;
  private final ScoreCount objectCount;
  private final ScoreCount scoreCount;
  private final KeptBoxes kept;
  private int discarded;

  /**
   * @throws IllegalArgumentException if the model's output is not as the format has it
   */
  YoloDecoder(
      String name,
      VisionModel model,
      int inputWidth,
      int inputHeight,
      int labels,
      DetectionDecoding decoding) {
    this.name = name;
    this.labels = labels;
    format = (Yolo) decoding.format();
    threshold = decoding.threshold();
    maximum = decoding.maximum();
    unitX = format.unit() == BoxUnit.NORMALISED ? inputWidth : 1;
    unitY = format.unit() == BoxUnit.NORMALISED ? inputHeight : 1;
    List<Integer> sides = sides(model.outputs());
    int values = format.layout().before() + labels;
    boolean rows = sides.get(1) == values;
    boolean columns = sides.get(0) == values;
    if (!rows && !columns) {
      throw labelsDiffer(sides);
    }
    // Where both fit, the layout's usual arrangement is meant.
    boolean byRow = rows && (!columns || format.layout() == Layout.V5);
    candidates = byRow ? sides.get(0) : sides.get(1);
    valueStride = byRow ? 1 : candidates;
    candidateStride = byRow ? values : 1;
    output = new OutputReader(model, 0);
    largest = new float[candidates];
    label = new int[candidates];
    best = new BestCandidates(Math.min(candidates, MOST_CANDIDATES));
    objectCount = new ScoreCount(name);
    scoreCount = new ScoreCount(name);
    kept = new KeptBoxes(maximum);
  }

  /** The two sides of the table of candidates and values. */
  private List<Integer> sides(List<TensorSpec> outputs) {
    List<Integer> shape = outputs.get(0).shape();
    if (outputs.size() != 1 || shape.size() != 3 || shape.get(0) != 1) {
      throw new IllegalArgumentException(
          "detector '%s' gives %s; a %s detector gives one tensor of all candidates, %s: export it with its whole head, for one image, without suppression"
              .formatted(
                  name,
                  outputs,
                  format.word(),
                  format.layout() == Layout.V5 ? "1×N×(5+labels)" : "1×(4+labels)×N"));
    }
    return shape.subList(1, 3);
  }

  private IllegalArgumentException labelsDiffer(List<Integer> sides) {
    int before = format.layout().before();
    int told = Math.min(sides.get(0), sides.get(1)) - before;
    return new IllegalArgumentException(
        "detector '%s' gives 1×%d×%d, which as %s is a box and %d score(s) a candidate, but %d label(s) are named; write one name a line, in the model's order, without one for the background"
            .formatted(name, sides.get(0), sides.get(1), format.word(), told, labels));
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
    output.fetch();
    float[] values = output.all();
    if (format.layout() == Layout.V5) {
      findByObjectness(values);
    } else {
      findByScore(values);
    }
    int found = best.sort();
    List<Detection> detections = new ArrayList<>(Math.min(found, maximum));
    for (int k = 0; k < found && detections.size() < maximum; k++) {
      int n = best.index(k);
      if (!offer(values, n, placement)) {
        discarded++;
      } else if (!kept.isCovered(format.overlap(), label[n], format.byLabel())) {
        detections.add(kept.keep(label[n], best.probability(k)));
      }
    }
    return detections;
  }

  /** Most candidates are no object, which their objectness tells: their scores are not read. */
  private void findByObjectness(float[] values) {
    objectCount.clear();
    scoreCount.clear();
    for (int n = 0; n < candidates; n++) {
      float objectness = values[OBJECTNESS * valueStride + n * candidateStride];
      if (!objectCount.isFinite(objectness)) {
        continue;
      }
      float p = probability(objectness);
      if (p >= threshold) {
        largest[n] = Float.NEGATIVE_INFINITY;
        int at = format.layout().before() * valueStride + n * candidateStride;
        for (int c = 0; c < labels; c++, at += valueStride) {
          look(values[at], n, c);
        }
        addIfAbove(n, p);
      }
    }
    discarded = objectCount.senseless() + scoreCount.senseless();
    objectCount.requireAny();
    scoreCount.requireAny();
  }

  /** In the order of the memory, whichever it is. */
  private void findByScore(float[] values) {
    scoreCount.clear();
    Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    int begin = format.layout().before() * valueStride;
    if (valueStride == 1) {
      for (int n = 0; n < candidates; n++) {
        int at = begin + n * candidateStride;
        for (int c = 0; c < labels; c++) {
          look(values[at + c], n, c);
        }
      }
    } else {
      for (int c = 0; c < labels; c++) {
        int at = begin + c * valueStride;
        for (int n = 0; n < candidates; n++) {
          look(values[at + n], n, c);
        }
      }
    }
    for (int n = 0; n < candidates; n++) {
      addIfAbove(n, 1);
    }
    discarded = scoreCount.senseless();
    scoreCount.requireAny();
  }

  private void look(float score, int n, int c) {
    if (scoreCount.isFinite(score) && score > largest[n]) {
      largest[n] = score;
      label[n] = c;
    }
  }

  private void addIfAbove(int n, float factor) {
    if (largest[n] > Float.NEGATIVE_INFINITY) {
      float p = factor * probability(largest[n]);
      if (p >= threshold) {
        best.add(n, p);
      }
    }
  }

  private float probability(float score) {
    return format.scores() == Scores.LOGITS
        ? (float) (1 / (1 + Math.exp(-score)))
        : Math.max(0, Math.min(1, score));
  }

  /** False if there is no such box in the frame. */
  private boolean offer(float[] values, int n, FramePlacement placement) {
    int at = n * candidateStride;
    double x = unitX * values[at];
    double y = unitY * values[at + valueStride];
    double halfWidth = 0.5 * unitX * values[at + 2 * valueStride];
    double halfHeight = 0.5 * unitY * values[at + 3 * valueStride];
    return kept.offer(placement, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
  }
}
