package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class WitnessPipelineTest {

  private static final Image IMAGE = Image.black(1280, 720);
  private static final List<Detection> THINGS =
      List.of(
          new Detection(new Region(100, 100, 40, 40), 0, 1),
          new Detection(new Region(500, 200, 60, 60), 0, 1),
          new Detection(new Region(900, 300, 50, 50), 0, 1));

  @Test
  void whatBothSeeCostsNoMemory() {
    PipelineTuning tuning = PipelineTuning.standard();
    Inspections inspections =
        new Inspections(
            (frame, region, probability, track) -> {
              throw new AssertionError("what the detector reports is not inspected again");
            },
            tuning,
            () -> 0);
    LongSupplier ids = new AtomicLong()::incrementAndGet;
    Witnesses often =
        new Witnesses(
            2,
            Duration.ofSeconds(3),
            Witnesses.Motion.standard(),
            Witnesses.HiddenSign.standard(),
            Witnesses.Phantom.standard());
    RegionProposer looker = image -> THINGS;
    WitnessPipeline witness =
        new WitnessPipeline(
            often,
            HiddenWatch.Rule.of(Witnesses.HiddenSign.standard()),
            PhantomWatch.Rule.of(Witnesses.Phantom.standard()),
            looker,
            new Sightings(looker),
            tuning,
            inspections,
            new IncidentAssembler(tuning, Clock.systemUTC(), () -> "id"),
            ids);
    Tracker tracker = new Tracker(tuning, ids);
    List<Dossier> seen = new ArrayList<>();
    List<Incident> incidents = new ArrayList<>();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long leastBetween = Long.MAX_VALUE;
    long leastLooking = Long.MAX_VALUE;
    for (int i = 0; i < 2000; i++) {
      Frame frame = new Frame(IMAGE, Instant.EPOCH, Road.nanos(i), i, "test");
      tracker.update(frame, THINGS);
      if (i == tuning.confirmAfter()) {
        tracker.tracks().forEach(t -> seen.add(new Dossier(t, frame, 6)));
      }
      long before = threads.getThreadAllocatedBytes(thread);
      witness.process(frame, THINGS, tracker, seen, incidents);
      long taken = threads.getThreadAllocatedBytes(thread) - before;
      if (i > 10 && i % 2 == 0) {
        leastLooking = Math.min(leastLooking, taken);
      } else if (i > 10) {
        leastBetween = Math.min(leastBetween, taken);
      }
    }
    assertThat(seen).hasSize(3);
    assertThat(incidents).isEmpty();
    assertThat(leastBetween).as("bytes in a frame at which nobody looks").isZero();
    // The tracker predicts regions, as that of the detector does.
    assertThat(leastLooking).as("bytes in a frame at which they look").isLessThan(1000);
    assertThat(witness.counts().looks()).isEqualTo(1000);
  }
}
