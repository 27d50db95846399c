package io.stopline.evaluation;

import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.CascadeStep.Cause;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Drives past clean tracks, one after the other, with a guard that has a cascade, as an agent does:
 * live, so that draws and tokens take part. One thread.
 */
public final class CascadeStudy {

  private static final String SOURCE = "tracks";

  private CascadeStudy() {}

  /**
   * Drives.
   *
   * @param guard whose policy has a cascade; stays the caller's. Its deadline takes part: the
   *     figures of a slow machine may say so
   * @param tracks at least one, each with a frame at least
   * @param seed of the resampling of tracks
   * @param frameDone is told after every frame
   */
  public static CascadeFigures run(Guard guard, List<Track> tracks, long seed, Runnable frameDone) {
    int count = tracks.size();
    int[] frames = new int[count];
    int[] watched = new int[count];
    int[] byAll = new int[count];
    int[] denied = new int[count];
    int[] right = new int[count];
    int[] wrong = new int[count];
    int rightTracks = 0;
    int suspected = 0;
    long passes = 0;
    long cpuNanos = 0;
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long sequence = 0;
    Map<Cause, Integer> causes = new EnumMap<>(Cause.class);
    double[] micros = new double[tracks.stream().mapToInt(t -> t.frames().size()).sum()];
    for (int t = 0; t < count; t++) {
      // These are known to be signs; what is measured is how they are judged.
      TrackState state = guard.confirmedTrack();
      boolean isSuspected = false;
      for (Sample sample : tracks.get(t).frames()) {
        Image image = sample.image();
        Frame frame = new Frame(image, Instant.EPOCH, 0, sequence, SOURCE);
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        Verdict verdict = guard.inspect(frame, Region.of(image), state);
        micros[(int) sequence++] = (System.nanoTime() - start) / 1e3;
        cpuNanos += threads.getCurrentThreadCpuTime() - cpu;
        frames[t]++;
        passes += verdict.passes();
        CascadeStep step = verdict.cascade();
        if (step != null) {
          watched[t] += step.watched() ? 1 : 0;
          byAll[t] += step.stage();
          denied[t] += step.denied() ? 1 : 0;
          causes.merge(step.cause(), 1, Integer::sum);
        }
        if (verdict.decision() == Decision.ACCEPT) {
          right[t] += verdict.label() == sample.label() ? 1 : 0;
          wrong[t] += verdict.label() == sample.label() ? 0 : 1;
        }
        isSuspected |= verdict.decision() == Decision.SUSPECT;
        frameDone.run();
      }
      rightTracks += right[t] > 0 ? 1 : 0;
      suspected += isSuspected ? 1 : 0;
    }
    double mean = Arrays.stream(micros).average().orElse(0);
    Arrays.sort(micros);
    return new CascadeFigures(
        count,
        micros.length,
        TrackBootstrap.rate(watched, frames, seed),
        TrackBootstrap.rate(byAll, frames, seed),
        TrackBootstrap.rate(denied, frames, seed),
        causes,
        TrackBootstrap.rate(right, frames, seed),
        TrackBootstrap.rate(wrong, frames, seed),
        Rate.of(rightTracks, count),
        Rate.of(suspected, count),
        passes / (double) micros.length,
        guard.passesPerInspection(),
        mean,
        cpuNanos / 1e3 / micros.length,
        micros[micros.length / 2],
        micros[(int) (0.99 * (micros.length - 1))]);
  }
}
