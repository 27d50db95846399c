package io.stopline.campaign;

import io.stopline.config.Bundle;
import io.stopline.evaluation.ParallelWork;
import io.stopline.evaluation.Track;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A guard on tracks of photographs, clean or with stickers that were searched for each of them. The
 * same bundle, tracks, settings and seed give the same result on any number of threads.
 */
public final class TrackProbe {

  private final Bundle bundle;
  private final String policy;

  /**
   * @param policy a policy of the bundle, calibrated
   */
  public TrackProbe(Bundle bundle, String policy) {
    this.bundle = bundle;
    this.policy = policy;
  }

  /**
   * Looks at all tracks.
   *
   * @param tracks labelled in the order of the models' classes
   * @param outlines of the signs in the unit square, by label
   * @param stickers how to search each track's; null leaves the signs clean
   * @param threads tracks side by side, at least 1
   * @param seed of every random draw
   * @param done called after each track, from any thread
   */
  public List<ProbedTrack> run(
      List<Track> tracks,
      IntFunction<Shape> outlines,
      AlterationSearch.@Nullable Settings stickers,
      int threads,
      long seed,
      Runnable done) {
    ProbedTrack[] probed = new ProbedTrack[tracks.size()];
    ParallelWork.run(
        threads,
        tracks.size(),
        () ->
            new ParallelWork.Worker() {
              private final AlterationSearch search = new AlterationSearch(bundle, policy);

              @Override
              public void run(int i) {
                Track track = tracks.get(i);
                Shape outline = outlines.apply(track.label());
                probed[i] = probe(search, track, outline, stickers, RandomStream.derive(seed, i));
              }

              @Override
              public void close() {}
            },
        done);
    return Arrays.asList(probed);
  }

  private static ProbedTrack probe(
      AlterationSearch search,
      Track track,
      Shape outline,
      AlterationSearch.@Nullable Settings stickers,
      long seed) {
    if (stickers == null) {
      List<FrameScore> frames = search.judge(track, outline, seed).frames();
      return new ProbedTrack(track.id(), track.label(), 0, 0, frames);
    }
    Found found = search.find(track, outline, stickers, seed);
    return new ProbedTrack(
        track.id(), track.label(), found.coveredShare(), found.queries(), found.judged().frames());
  }
}
