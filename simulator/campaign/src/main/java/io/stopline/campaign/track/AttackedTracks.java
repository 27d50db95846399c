package io.stopline.campaign.track;

import io.stopline.config.Bundle;
import io.stopline.evaluation.ParallelWork;
import io.stopline.sdk.random.RandomStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One attack on each of many tracks, side by side. The same bundle, tracks, settings and seed give
 * the same result on one machine, on any number of threads.
 */
public final class AttackedTracks {

  private final Bundle bundle;
  private final @Nullable String policy;
  private final @Nullable String gradients;

  /**
   * @param policy its name, or null for the bundle's default
   * @param gradients as for {@link TrackAttack#open}
   */
  public AttackedTracks(Bundle bundle, @Nullable String policy, @Nullable String gradients) {
    this.bundle = bundle;
    this.policy = policy;
    this.gradients = gradients;
  }

  /**
   * Attacks all of them.
   *
   * @param scenes made when their turn comes, on the thread that attacks them: a scene holds the
   *     pictures of all its frames
   * @param folder where posters are written
   * @param threads tracks side by side, at least 1
   * @param seed of every random draw
   * @param done called after each track, from any thread
   * @return one a track, in their order
   */
  public List<FoundForTrack> run(
      List<Supplier<TrackScene>> scenes,
      TrackSettings settings,
      Path folder,
      int threads,
      long seed,
      Runnable done) {
    FoundForTrack[] found = new FoundForTrack[scenes.size()];
    ParallelWork.run(
        threads,
        scenes.size(),
        () ->
            new ParallelWork.Worker() {
              private final TrackAttack attack = TrackAttack.open(bundle, policy, gradients);

              @Override
              public void run(int i) {
                found[i] =
                    attack.find(
                        scenes.get(i).get(), settings, folder, RandomStream.derive(seed, i));
              }

              @Override
              public void close() {
                attack.close();
              }
            },
        done);
    return Arrays.asList(found);
  }
}
