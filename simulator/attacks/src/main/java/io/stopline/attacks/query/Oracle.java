package io.stopline.attacks.query;

import io.stopline.attacks.Objective;
import java.util.Arrays;

/** Asks an objective about candidates for one input, in portions, and counts. */
final class Oracle {

  /** Candidates an objective is shown at once: enough to fill it, few enough to be cheap. */
  private static final int PORTION = 128;

  private final Objective objective;
  private final int row;
  private final long limit;
  private final int size;
  private long asked;
  private float[] portion = new float[0];

  /**
   * @param row which input of the batch
   * @param limit how often may be asked
   */
  Oracle(Objective objective, int row, long limit) {
    this.objective = objective;
    this.row = row;
    this.limit = limit;
    this.size = objective.shape().size();
  }

  /** How many more candidates may be asked about. */
  long left() {
    return limit - asked;
  }

  long asked() {
    return asked;
  }

  /**
   * Asks about candidates, which must be no more than are left.
   *
   * @param images candidates one beside the other
   */
  Objective.Answers ask(float[] images, int count) {
    if (count > left()) {
      throw new IllegalStateException(
          "%d candidates, but only %d queries are left".formatted(count, left()));
    }
    asked += count;
    Objective.Answers all = Objective.Answers.room(count, objective.shape(), false);
    if (count <= PORTION) {
      objective.evaluate(rows(count), images, all);
      return all;
    }
    for (int first = 0; first < count; first += PORTION) {
      int some = Math.min(PORTION, count - first);
      if (portion.length < some * size) {
        portion = new float[some * size];
      }
      System.arraycopy(images, first * size, portion, 0, some * size);
      Objective.Answers answers = Objective.Answers.room(some, objective.shape(), false);
      objective.evaluate(rows(some), portion, answers);
      System.arraycopy(answers.loss(), 0, all.loss(), first, some);
      System.arraycopy(answers.success(), 0, all.success(), first, some);
    }
    return all;
  }

  /** Whether one image is a success. */
  boolean falls(float[] image) {
    return ask(image, 1).success()[0];
  }

  private int[] rows(int count) {
    int[] rows = new int[count];
    Arrays.fill(rows, row);
    return rows;
  }
}
