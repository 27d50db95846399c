package io.stopline.sdk.model;

import io.stopline.sdk.image.FramePlacement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Decodes {@link DetectorFormat.HeatMap}. However many peaks a map has, only the best few are
 * looked at further, so that no picture makes a frame expensive. Allocates nothing but its result.
 */
final class HeatMapDecoder implements DetectionDecoder {

  /** Peaks that are looked at for each detection asked for: the others fall to suppression. */
  private static final int PEAKS_A_DETECTION = 4;

  private static final int BOX = 4;

  private final DetectionDecoding decoding;
  private final double overlap;
  private final OutputReader heat;
  private final ScoreCount scores;
  private final OutputReader boxes;
  private final int rows;
  private final int columns;
  private final int labels;
  private final int stride;
  private final int lowestLevel;

  private final BestCandidates peaks;
  private final KeptBoxes kept;
  private int discarded;

  /**
   * @throws IllegalArgumentException if the model's outputs are not as the format has them
   */
  HeatMapDecoder(
      String name,
      VisionModel model,
      int inputWidth,
      int inputHeight,
      int labels,
      DetectionDecoding decoding) {
    this.decoding = decoding;
    this.overlap = ((DetectorFormat.HeatMap) decoding.format()).overlap();
    this.labels = labels;
    int heatIndex = heatIndex(name, model.outputs(), labels);
    CellGrid grid =
        CellGrid.of(name, model.outputs().get(heatIndex).shape(), inputWidth, inputHeight);
    rows = grid.rows();
    columns = grid.columns();
    stride = grid.stride();
    scores = new ScoreCount(name);
    heat = new OutputReader(model, heatIndex);
    boxes = new OutputReader(model, 1 - heatIndex);
    lowestLevel = heat.lowestLevel(decoding.threshold());
    peaks = new BestCandidates(PEAKS_A_DETECTION * decoding.maximum());
    kept = new KeptBoxes(decoding.maximum());
  }

  private static int heatIndex(String name, List<TensorSpec> outputs, int labels) {
    if (outputs.size() == 2) {
      List<Integer> a = outputs.get(0).shape();
      List<Integer> b = outputs.get(1).shape();
      boolean grids = a.size() == 4 && b.size() == 4 && a.subList(0, 3).equals(b.subList(0, 3));
      if (grids && a.get(0) == 1 && a.get(1) > 0 && a.get(2) > 0) {
        boolean firstMayBeHeat = a.get(3) == labels && b.get(3) == BOX;
        boolean secondMayBeHeat = b.get(3) == labels && a.get(3) == BOX;
        if (firstMayBeHeat != secondMayBeHeat) {
          return firstMayBeHeat ? 0 : 1;
        }
        if (firstMayBeHeat) {
          return heatByName(name, outputs);
        }
        if (a.get(3) == BOX || b.get(3) == BOX) {
          throw new IllegalArgumentException(
              "detector '%s' tells %d kinds of objects apart, but %d are named; write one name a line, in the model's order"
                  .formatted(name, a.get(3) == BOX ? b.get(3) : a.get(3), labels));
        }
      }
    }
    throw new IllegalArgumentException(
        "detector '%s' gives %s; a heat map detector with %d label(s) gives 'heat', 1×h×w×%d, and 'boxes', 1×h×w×4"
            .formatted(name, outputs, labels, labels));
  }

  private static int heatByName(String name, List<TensorSpec> outputs) {
    for (int i = 0; i < 2; i++) {
      String one = outputs.get(i).name().toLowerCase(Locale.ROOT);
      String other = outputs.get(1 - i).name().toLowerCase(Locale.ROOT);
      if ((one.contains("heat") && !other.contains("heat"))
          || (other.contains("box") && !one.contains("box"))) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        ("detector '%s' gives two tensors of the same shape, '%s' and '%s'; name one 'heat' and the"
                + " other 'boxes'")
            .formatted(name, outputs.get(0).name(), outputs.get(1).name()));
  }

  @Override
  public int discarded() {
    return discarded;
  }

  @Override
  public List<Detection> decode(FramePlacement placement) {
    discarded = 0;
    peaks.clear();
    kept.clear();
    heat.fetch();
    boxes.fetch();
    if (heat.isReal()) {
      findRealPeaks();
    } else {
      findLevelPeaks();
    }
    int count = peaks.sort();
    List<Detection> detections = new ArrayList<>(Math.min(count, decoding.maximum()));
    for (int k = 0; k < count && detections.size() < decoding.maximum(); k++) {
      int index = peaks.index(k);
      if (!offer(index / labels, placement)) {
        discarded++;
      } else if (!kept.isCovered(overlap)) {
        detections.add(kept.keep(index % labels, peaks.probability(k)));
      }
    }
    return detections;
  }

  private void findLevelPeaks() {
    int n = rows * columns * labels;
    for (int i = 0; i < n; i++) {
      int level = heat.level(i);
      if (level >= lowestLevel && isPeak(i)) {
        peaks.add(i, heat.real(i));
      }
    }
  }

  private void findRealPeaks() {
    float[] values = heat.reals();
    // Compared as doubles, so that a threshold means the same here and for levels.
    double threshold = decoding.threshold();
    scores.clear();
    for (int i = 0; i < values.length; i++) {
      float value = values[i];
      if (scores.isFinite(value) && value >= threshold && isPeak(i)) {
        peaks.add(i, value);
      }
    }
    discarded = scores.senseless();
    scores.requireAny();
  }

  /** Whether no neighbour of the same label is above, and none before it in row order equal. */
  private boolean isPeak(int index) {
    int cell = index / labels;
    int row = cell / columns;
    int column = cell - row * columns;
    float value = heat.real(index);
    for (int dy = row == 0 ? 0 : -1; dy <= (row == rows - 1 ? 0 : 1); dy++) {
      for (int dx = column == 0 ? 0 : -1; dx <= (column == columns - 1 ? 0 : 1); dx++) {
        float other = heat.real(index + labels * (dy * columns + dx));
        boolean before = dy < 0 || (dy == 0 && dx < 0);
        // NaN is never above; nor is what is infinite, which is as senseless.
        if (Float.isFinite(other) && (before ? other >= value : other > value)) {
          return false;
        }
      }
    }
    return true;
  }

  /** False if there is no such box in the frame. */
  private boolean offer(int cell, FramePlacement placement) {
    int row = cell / columns;
    int column = cell - row * columns;
    double x = (column + 0.5 + boxes.real(BOX * cell)) * stride;
    double y = (row + 0.5 + boxes.real(BOX * cell + 1)) * stride;
    double halfWidth = 0.5 * stride * Math.exp(boxes.real(BOX * cell + 2));
    double halfHeight = 0.5 * stride * Math.exp(boxes.real(BOX * cell + 3));
    return kept.offer(placement, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
  }
}
