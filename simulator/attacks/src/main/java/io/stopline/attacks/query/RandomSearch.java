package io.stopline.attacks.query;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Run;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;

/**
 * Random search over a batch, all inputs in step: a candidate is kept if its loss is higher, or if
 * it is a success. An input that is solved leaves the batch, so that every query goes to one that
 * still stands.
 */
final class RandomSearch {

  private final Objective objective;
  private final Inputs inputs;
  private final Run run;
  private final Moves moves;
  private final int queries;
  private final int size;

  /** Best so far, one an input. */
  private final float[] best;

  private final float[] loss;
  private final boolean[] success;
  private final RandomStream[] random;

  /** Candidates of the inputs in {@link #standing}, one beside the other. */
  private final float[] candidates;

  private int[] standing;
  private Objective.Answers answers;

  RandomSearch(Objective objective, Inputs inputs, Run run, Moves moves, int queries) {
    this.objective = objective;
    this.inputs = inputs;
    this.run = run;
    this.moves = moves;
    this.queries = queries;
    this.size = inputs.shape().size();
    this.best = inputs.images().clone();
    this.candidates = inputs.images().clone();
    this.loss = new float[inputs.count()];
    this.success = new boolean[inputs.count()];
    this.random = new RandomStream[inputs.count()];
    this.standing = new int[inputs.count()];
    for (int i = 0; i < inputs.count(); i++) {
      random[i] = new RandomStream(RandomStream.derive(run.seed(), inputs.ids()[i]));
      standing[i] = i;
    }
    Arrays.fill(loss, Float.NEGATIVE_INFINITY);
    this.answers = Objective.Answers.room(inputs.count(), inputs.shape(), false);
  }

  /** Query 1 is the clean image, query 2 the first candidate, the rest moves. */
  Attack.Outcome search() {
    for (int query = 0; query < queries && standing.length > 0; query++) {
      if (run.cancelled().getAsBoolean()) {
        break;
      }
      if (query > 0) {
        propose(query);
      }
      objective.evaluate(standing, candidates, answers);
      judge(query);
      run.progress().accept((query + 1.0) / queries);
    }
    return new Attack.Outcome(best, success);
  }

  private void propose(int query) {
    for (int slot = 0; slot < standing.length; slot++) {
      int row = standing[slot];
      if (query == 1) {
        moves.start(random[row], inputs.images(), row * size, candidates, slot * size);
      } else {
        moves.move(random[row], query - 2, inputs.images(), row * size, candidates, slot * size);
      }
    }
  }

  private void judge(int query) {
    int left = 0;
    for (int slot = 0; slot < standing.length; slot++) {
      int row = standing[slot];
      boolean fell = answers.success()[slot];
      // The search starts from the first candidate even where the clean image is nearer to falling.
      boolean better = answers.loss()[slot] > loss[row] || query == 1;
      if (fell || better) {
        System.arraycopy(candidates, slot * size, best, row * size, size);
        loss[row] = answers.loss()[slot];
      }
      success[row] = fell;
      if (!fell) {
        // Closing ranks moves to the left only, so nothing is overwritten that is still needed.
        System.arraycopy(best, row * size, candidates, left * size, size);
        standing[left++] = row;
      }
    }
    if (left < standing.length) {
      standing = Arrays.copyOf(standing, left);
      answers = Objective.Answers.room(left, inputs.shape(), false);
    }
  }
}
