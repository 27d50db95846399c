package io.stopline.attacks;

import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.Comparator;

/**
 * On which inputs of a batch a universal attack is learnt; it is judged on the others. Drawn by lot
 * from the run's seed and the inputs' ids.
 */
public final class LearningSplit {

  /** A stream of an input's seed that nothing else takes. */
  private static final int LOT = 0x10f;

  private LearningSplit() {}

  /**
   * Draws.
   *
   * @param rows that can be learnt on
   * @param share of them, 0..1; at least one is, where there is one
   * @return one flag an input of the batch
   */
  public static boolean[] draw(Inputs inputs, int[] rows, double share, long seed) {
    boolean[] learnt = new boolean[inputs.count()];
    long most = rows.length == 0 ? 0 : Math.max(1, Math.round(share * rows.length));
    Arrays.stream(rows)
        .boxed()
        .sorted(Comparator.comparingLong(row -> lot(seed, inputs.ids()[row])))
        .limit(most)
        .forEach(row -> learnt[row] = true);
    return learnt;
  }

  private static long lot(long seed, long id) {
    return RandomStream.derive(RandomStream.derive(seed, id), LOT);
  }
}
