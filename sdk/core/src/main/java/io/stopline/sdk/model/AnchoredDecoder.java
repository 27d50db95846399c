package io.stopline.sdk.model;

import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes {@link AnchoredBoxes}. However many candidates are above the threshold, only the best are
 * looked at further. Allocates nothing but its result.
 */
final class AnchoredDecoder implements DetectionDecoder {

  private static final int MOST_CANDIDATES = 4096;

  private static final int BOX = 4;

  private final AnchoredBoxes format;
  private final BoxAnchors anchors;
  private final double threshold;
  private final int maximum;
  private final int labels;
  private final int width;
  private final int height;
  private final OutputReader boxes;
  private final OutputReader scores;
  private final int candidates;
  private final int[] label;
  private final BestCandidates best;
  private final ScoreCount scoreCount;
  private final KeptBoxes kept;
  private int discarded;

  /**
   * @throws IllegalArgumentException if the model's outputs are not as the format has them
   */
  AnchoredDecoder(
      String name,
      VisionModel model,
      int inputWidth,
      int inputHeight,
      int labels,
      DetectionDecoding decoding) {
    this.labels = labels;
    format = (AnchoredBoxes) decoding.format();
    anchors = format.anchors();
    threshold = decoding.threshold();
    maximum = decoding.maximum();
    width = inputWidth;
    height = inputHeight;
    List<TensorSpec> outputs = model.outputs();
    int at = format.boxTensor(name, outputs);
    int columns = outputs.get(1 - at).shape().get(2);
    candidates = outputs.get(at).shape().get(1);
    if (columns != labels) {
      throw new IllegalArgumentException(
          "detector '%s' gives %d score(s) a candidate, but %d label(s) are named; write one name a line, in the model's order, one for the background too if it has a score"
              .formatted(name, columns, labels));
    }
    if (anchors.count() == 0) {
      throw new IllegalArgumentException(
          "detector '%s' gives boxes relative to anchors, and its file has none (DETECTOR_METADATA); export it with MediaPipe Model Maker, which writes them, or take the file that ends in TFLite_Detection_PostProcess"
              .formatted(name));
    }
    if (anchors.count() != candidates) {
      throw new IllegalArgumentException(
          "detector '%s' gives %d candidates, but its file has %d anchors (DETECTOR_METADATA), which are another model's; export it again"
              .formatted(name, candidates, anchors.count()));
    }
    boxes = new OutputReader(model, at);
    scores = new OutputReader(model, 1 - at);
    label = new int[candidates];
    best = new BestCandidates(Math.min(candidates, MOST_CANDIDATES));
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
    scores.fetch();
    findByScore(scores.all());
    int found = best.sort();
    List<Detection> detections = new ArrayList<>(Math.min(found, maximum));
    for (int k = 0; k < found && detections.size() < maximum; k++) {
      int n = best.index(k);
      if (!offer(n, placement)) {
        discarded++;
      } else if (!kept.isCovered(format.overlap(), label[n], format.byLabel())) {
        detections.add(kept.keep(label[n], best.probability(k)));
      }
    }
    return detections;
  }

  private void findByScore(float[] values) {
    scoreCount.clear();
    for (int n = 0; n < candidates; n++) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < labels; c++) {
        float score = values[n * labels + c];
        if (scoreCount.isFinite(score) && score > largest) {
          largest = score;
          label[n] = c;
        }
      }
      if (largest > Float.NEGATIVE_INFINITY) {
        float p = probability(largest);
        if (p >= threshold) {
          best.add(n, p);
        }
      }
    }
    discarded = scoreCount.senseless();
    scoreCount.requireAny();
  }

  private float probability(float score) {
    return format.scores() == Scores.LOGITS
        ? (float) (1 / (1 + Math.exp(-score)))
        : Math.max(0, Math.min(1, score));
  }

  /** False if there is no such box in the frame. */
  private boolean offer(int n, FramePlacement placement) {
    double anchorWidth = (double) width * anchors.width(n);
    double anchorHeight = (double) height * anchors.height(n);
    double y = boxes.real(BOX * n) / anchors.scaleY() * anchorHeight + height * anchors.y(n);
    double x = boxes.real(BOX * n + 1) / anchors.scaleX() * anchorWidth + width * anchors.x(n);
    double halfHeight = 0.5 * size(boxes.real(BOX * n + 2), anchors.scaleHeight()) * anchorHeight;
    double halfWidth = 0.5 * size(boxes.real(BOX * n + 3), anchors.scaleWidth()) * anchorWidth;
    return kept.offer(placement, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
  }

  private double size(float code, double scale) {
    return anchors.exponential() ? Math.exp(code / scale) : code / scale;
  }
}
