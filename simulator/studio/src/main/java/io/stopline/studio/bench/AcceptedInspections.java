package io.stopline.studio.bench;

import com.sun.management.ThreadMXBean;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What an inspection costs whose label is accepted, as nearly all are on a clean road: rendered
 * signs, each inspected as a confirmed track of one frame. What is suspected costs more, because it
 * is explained.
 *
 * @param inspections that ended with an accepted label; 0 if the models know no such signs, and
 *     then nothing else here is a number
 * @param micros median time, µs
 * @param withoutInference share of the time of all of them that is not inference, 0..1
 * @param bytes that the median one allocated
 */
public record AcceptedInspections(
    long inspections, double micros, double withoutInference, double bytes) {

  /**
   * Measures on this thread.
   *
   * @param bundle its folder
   * @param policy name of a policy in it
   * @param seed of every random draw
   * @param seconds how long; warming up takes half as long more
   */
  public static AcceptedInspections measure(Path bundle, String policy, long seed, int seconds) {
    Subjects subjects = new Subjects(bundle.toString(), policy, 1, seed);
    List<TimedModel> timed = new ArrayList<>();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Samples times = new Samples();
    Samples bytes = new Samples();
    long count = 0;
    long all = 0;
    long ofInference = 0;
    try (Guard guard = subjects.timedGuard(timed)) {
      List<Frame> signs = signs(guard, seed);
      long begin = System.nanoTime();
      boolean warm = false;
      for (int next = 0; !signs.isEmpty(); next++) {
        long since = System.nanoTime() - begin;
        if (since > seconds * 1_500_000_000L) {
          break;
        }
        if (!warm && since > seconds * 500_000_000L) {
          warm = true;
          times.clear();
          bytes.clear();
          count = all = ofInference = 0;
        }
        Frame sign = signs.get(next % signs.size());
        long inference = -nanos(timed);
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        Verdict verdict = inspect(guard, sign);
        long took = System.nanoTime() - start;
        allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
        inference += nanos(timed);
        if (verdict.decision() == Decision.ACCEPT) {
          times.add(took);
          bytes.add(allocated);
          all += took;
          ofInference += inference;
          count++;
        }
      }
    }
    return new AcceptedInspections(
        count, times.median() / 1000, 1 - (double) ofInference / all, bytes.median());
  }

  private static Verdict inspect(Guard guard, Frame sign) {
    Region whole = new Region(0, 0, sign.image().width(), sign.image().height());
    return guard.inspect(sign, whole, guard.confirmedTrack());
  }

  private static long nanos(List<TimedModel> timed) {
    long sum = 0;
    for (int i = 0; i < timed.size(); i++) {
      sum += timed.get(i).nanos();
    }
    return sum;
  }

  /** Those whose label the guard accepts. */
  private static List<Frame> signs(Guard guard, long seed) {
    List<Frame> signs = new ArrayList<>();
    for (Image sign : RenderedSigns.of(seed)) {
      Frame frame = new Frame(sign, Instant.EPOCH, 0, signs.size(), "bench");
      if (inspect(guard, frame).decision() == Decision.ACCEPT) {
        signs.add(frame);
      }
    }
    return signs;
  }
}
