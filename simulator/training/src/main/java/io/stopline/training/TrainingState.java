package io.stopline.training;

import java.util.ArrayList;
import java.util.List;

/** All that training knows at the boundary between two batches, apart from its settings. */
final class TrainingState {

  /** Epochs to train: the plan's, or as many as its limit leaves room for. */
  int plannedEpochs;

  /** Epochs done, and batches of the one under way. */
  int epoch;

  int batch;

  /** Steps of the optimiser. */
  long steps;

  /** Sums over the epoch under way. */
  double lossSum;

  long lossCount;
  long right;
  long rightAttacked;
  long seen;

  /** Looks since the best one. */
  int looksSinceBest;

  /** Training time of all runs so far. */
  double seconds;

  float[] free = {};
  float[] first = {};
  float[] second = {};

  /** Moving average of the free parameters; empty where the plan has none. */
  float[] average = {};

  /** Weights of the best look; empty before the first. */
  float[] best = {};

  /** What the method remembers. */
  float[] memory = {};

  final List<EpochFigures> history = new ArrayList<>();

  final List<TrainingEvent> events = new ArrayList<>();
}
