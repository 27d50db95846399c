package io.stopline.sdk.model;

import io.stopline.sdk.image.FramePlacement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes {@link DetectorFormat.VoteMap}: connected parts of the map, found in one pass by
 * union-find (Rosenfeld and Pfaltz 1966). Allocates nothing but its result.
 */
final class VoteMapDecoder implements DetectionDecoder {

  private static final int NONE = -1;

  private final DetectionDecoding decoding;
  private final int leastCells;
  private final OutputReader votes;
  private final ScoreCount scores;
  private final int columns;
  private final int stride;

  /** Of each cell the cell that stands for its part, or the next on the way there. */
  private final int[] parents;

  // Of the cell that stands for a part: how many cells, the sum of their votes, their edges.
  private final int[] cells;
  private final double[] sums;
  private final int[] left;
  private final int[] top;
  private final int[] right;
  private final int[] bottom;

  private final BestCandidates best;
  private final KeptBoxes kept;
  private int discarded;

  /**
   * @throws IllegalArgumentException if the model's outputs are not as the format has them
   */
  VoteMapDecoder(
      String name,
      VisionModel model,
      int inputWidth,
      int inputHeight,
      int labels,
      DetectionDecoding decoding) {
    this.decoding = decoding;
    this.leastCells = ((DetectorFormat.VoteMap) decoding.format()).leastCells();
    int index = votesIndex(name, model.outputs(), labels);
    CellGrid grid = CellGrid.of(name, model.outputs().get(index).shape(), inputWidth, inputHeight);
    columns = grid.columns();
    stride = grid.stride();
    votes = new OutputReader(model, index);
    scores = new ScoreCount(name);
    int size = grid.rows() * columns;
    parents = new int[size];
    cells = new int[size];
    sums = new double[size];
    left = new int[size];
    top = new int[size];
    right = new int[size];
    bottom = new int[size];
    best = new BestCandidates(decoding.maximum());
    kept = new KeptBoxes(decoding.maximum());
  }

  private static int votesIndex(String name, List<TensorSpec> outputs, int labels) {
    for (int i = 0; i < outputs.size() && labels == 1; i++) {
      List<Integer> shape = outputs.get(i).shape();
      if (shape.size() == 4 && shape.get(0) == 1 && shape.get(3) == 1) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "detector '%s' gives %s and has %d labels; a map of votes is 1×h×w×1, of one label"
            .formatted(name, outputs, labels));
  }

  @Override
  public int discarded() {
    return discarded;
  }

  @Override
  public List<Detection> decode(FramePlacement placement) {
    best.clear();
    kept.clear();
    votes.fetch();
    Arrays.fill(parents, NONE);
    scores.clear();
    for (int i = 0; i < parents.length; i++) {
      float vote = votes.real(i);
      if (scores.isFinite(vote) && vote >= decoding.threshold()) {
        add(i, vote);
      }
    }
    discarded = scores.senseless();
    scores.requireAny();
    for (int i = 0; i < parents.length; i++) {
      if (parents[i] == i && cells[i] >= leastCells) {
        best.add(i, (float) (sums[i] / cells[i]));
      }
    }
    int count = best.sort();
    List<Detection> detections = new ArrayList<>(count);
    for (int k = 0; k < count; k++) {
      int i = best.index(k);
      boolean inside =
          kept.offer(
              placement,
              (double) stride * left[i],
              (double) stride * top[i],
              (double) stride * (right[i] + 1),
              (double) stride * (bottom[i] + 1));
      if (inside) {
        detections.add(kept.keep(0, best.probability(k)));
      } else {
        discarded++;
      }
    }
    return detections;
  }

  private void add(int cell, float vote) {
    int row = cell / columns;
    int column = cell - row * columns;
    parents[cell] = cell;
    cells[cell] = 1;
    sums[cell] = vote;
    left[cell] = column;
    right[cell] = column;
    top[cell] = row;
    bottom[cell] = row;
    if (column > 0 && parents[cell - 1] != NONE) {
      join(cell - 1, cell);
    }
    if (row > 0 && parents[cell - columns] != NONE) {
      join(cell - columns, cell);
    }
  }

  private void join(int one, int other) {
    int a = root(one);
    int b = root(other);
    if (a == b) {
      return;
    }
    int into = Math.min(a, b);
    int from = Math.max(a, b);
    parents[from] = into;
    cells[into] += cells[from];
    sums[into] += sums[from];
    left[into] = Math.min(left[into], left[from]);
    right[into] = Math.max(right[into], right[from]);
    top[into] = Math.min(top[into], top[from]);
    bottom[into] = Math.max(bottom[into], bottom[from]);
  }

  private int root(int cell) {
    int i = cell;
    while (parents[i] != i) {
      parents[i] = parents[parents[i]];
      i = parents[i];
    }
    return i;
  }
}
