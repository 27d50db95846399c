package io.stopline.campaign.detectorattack;

import io.stopline.sdk.image.Image;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/** The attack itself, as a run sees it. Belongs to one thread. */
public interface PatchSearch extends AutoCloseable {

  /** Something painted at its place. Immutable. */
  interface Painted {

    /**
     * As it was searched, in the middle of all draws.
     *
     * @return a new frame
     */
    Image onto(Image frame);

    /**
     * In another place, size and light.
     *
     * @param draw decides which
     * @return a new frame
     */
    Image onto(Image frame, long draw);
  }

  /**
   * What a search found.
   *
   * @param gradients forward and backward passes it took
   * @param loss at its end, over its draws
   */
  record Found(Painted painted, long gradients, double loss) {}

  /** What each search may spend. */
  record Effort(int steps, int draws, int restarts) {

    /**
     * @throws IllegalArgumentException naming the value that is below 1
     */
    public Effort {
      if (steps < 1 || draws < 1 || restarts < 1) {
        throw new IllegalArgumentException(
            "%d steps, %d draws, %d restarts; each must be at least 1"
                .formatted(steps, draws, restarts));
      }
    }

    Effort twice() {
      return new Effort(2 * steps, draws, restarts);
    }
  }

  /**
   * Searches what to paint.
   *
   * @param seed of its draws
   * @param share told the share of the work that is done, 0..1
   * @param cancelled asked now and then; when true it ends with what it has
   */
  Found search(
      Image frame,
      AttackedObject object,
      PatchSetting setting,
      Effort effort,
      long seed,
      DoubleConsumer share,
      BooleanSupplier cancelled);

  /** The same area in one grey. */
  Painted grey(Image frame, AttackedObject object, PatchSetting setting);

  /** The same area in random colours. */
  Painted noise(Image frame, AttackedObject object, PatchSetting setting, long seed);

  /** Whether it follows gradients; otherwise it asks for scores. */
  boolean followsGradients();

  @Override
  void close();
}
