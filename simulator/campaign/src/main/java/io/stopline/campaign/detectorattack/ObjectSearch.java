package io.stopline.campaign.detectorattack;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/** The attack itself, as a run sees it. Belongs to one thread. */
public interface ObjectSearch {

  /** Something painted at its place in a frame. Belongs to one thread. */
  interface Painted {

    /**
     * As it was searched, in the middle of all draws.
     *
     * @return a new frame
     */
    Image planned();

    /**
     * In another place, size and light.
     *
     * @param draw decides which
     * @return a new frame
     */
    Image drawn(long draw);
  }

  /**
   * What a search found.
   *
   * @param sites where it paints, px of the frame
   * @param gradients forward and backward passes it took
   */
  record Found(Painted painted, List<Region> sites, long gradients) {
    public Found {
      sites = List.copyOf(sites);
    }
  }

  /**
   * What each search may spend.
   *
   * @param steps of each search
   * @param draws of place, size and light that each step averages over
   * @param restarts places that are searched to the end, the most promising first
   */
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
}
