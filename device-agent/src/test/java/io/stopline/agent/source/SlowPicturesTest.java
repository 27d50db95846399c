package io.stopline.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.testing.FaultTable;
import io.stopline.testing.SlowImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No picture stops a source. */
@Timeout(120)
final class SlowPicturesTest {

  private static final byte[] GOOD = TestPictures.jpeg(64, 48);

  /** Within the limit on scans, and still some hundred milliseconds of work. */
  private static final byte[] SLOW = SlowImages.manyScans(4096, 2048, 32);

  private static final Duration LIMIT = Duration.ofMillis(150);

  @TempDir Path folder;

  @Test
  void aCameraThatSendsSlowPicturesIsWatchedOn() throws Exception {
    byte[] scans = SlowImages.manyScans(1024, 1024, 1500);
    TimedDecoder decoder = new TimedDecoder(LIMIT);
    decoder.decode(GOOD, "the first, which may take longer");
    LatestFrame mailbox = new LatestFrame();
    try (TestCamera camera =
            new TestCamera(
                wire -> {
                  wire.multipart().part(SLOW).part(scans);
                  while (true) {
                    wire.part(GOOD);
                    TimeUnit.MILLISECONDS.sleep(10);
                  }
                });
        MjpegCamera source = new MjpegCamera(MjpegCamera.Settings.of(camera.url()), decoder)) {
      SourceHealth health = new SourceHealth(source.name(), 5000, System::nanoTime);
      try (Capture capture = capture(source, mailbox, health)) {
        capture.start();
        SourcedFrame frame = mailbox.take(30, TimeUnit.SECONDS);
        assertThat(frame).isNotNull();
        assertThat(frame.frame().image().width()).isEqualTo(64);
        SourceHealth.Snapshot snapshot = health.snapshot();
        assertThat(snapshot.state()).isEqualTo(SourceHealth.State.STREAMING);
        assertThat(snapshot.badPictures()).isGreaterThanOrEqualTo(2);
        assertThat(snapshot.slowPictures()).isPositive();
        assertThat(snapshot.recentlySlow()).isTrue();
        assertThat(snapshot.failures()).as("the camera was not opened again").isZero();
      }
    }
  }

  @Test
  void aFolderGoesOnBehindASlowFileAndNamesIt() throws Exception {
    Files.write(folder.resolve("a.jpg"), GOOD);
    Files.write(folder.resolve("b.jpg"), SlowImages.manyScans(1024, 1024, 1500));
    Files.write(folder.resolve("c.jpg"), SLOW);
    Files.write(folder.resolve("d.png"), TestPictures.png(20, 20));
    TimedDecoder decoder = new TimedDecoder(LIMIT);
    try (ImageFolder source = new ImageFolder(folder, false, decoder)) {
      assertThat(width(source)).isEqualTo(64);
      assertThatThrownBy(source::next)
          .isExactlyInstanceOf(BadPictureException.class)
          .hasMessageContaining("b.jpg")
          .hasMessageContaining("more than 32 scans");
      assertThatThrownBy(source::next)
          .isInstanceOf(SlowPictureException.class)
          .hasMessageContaining("c.jpg")
          .hasMessageContaining("within 150 ms");
      assertThat(nextUnlessSlow(source)).isEqualTo(20);
    }
  }

  @Tag("faults")
  @Test
  void aDecoderThatNeverEndsIsLeftBehindAndCounted() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger hanging = new AtomicInteger();
    TimedDecoder decoder =
        new TimedDecoder(
            (encoded, name, limit) -> {
              if (name.startsWith("hang")) {
                hanging.incrementAndGet();
                awaitDeafly(release);
                hanging.decrementAndGet();
              }
              return ImageFiles.decode(encoded, name);
            },
            // With the grace a second: no small picture takes so long on a busy machine.
            Duration.ofMillis(500));
    SourceHealth health = new SourceHealth("test", 5000, System::nanoTime);
    decoder.decode(GOOD, "the first, which may take longer");
    try {
      for (int i = 0; i < TimedDecoder.MAX_LEFT_BEHIND; i++) {
        String name = "hang " + i;
        assertThatThrownBy(() -> decoder.decode(GOOD, name))
            .isInstanceOfSatisfying(
                SlowPictureException.class,
                e -> {
                  assertThat(e.leftBehind()).isTrue();
                  health.slowPicture(String.valueOf(e.getMessage()), e.leftBehind());
                })
            .hasMessageContaining(name)
            .hasMessageContaining("left behind");
        if (i + 1 < TimedDecoder.MAX_LEFT_BEHIND) {
          assertThat(decoder.decode(GOOD, "the next one").width()).isEqualTo(64);
        }
      }
      assertThat(hanging).hasValue(TimedDecoder.MAX_LEFT_BEHIND);
      // Nothing more is started, and nothing waits for the limit.
      assertThatThrownBy(() -> decoder.decode(GOOD, "one more"))
          .isInstanceOfSatisfying(
              SlowPictureException.class, e -> assertThat(e.leftBehind()).isFalse())
          .hasMessageContaining("4 pictures before it hang");
    } finally {
      release.countDown();
    }
    assertThat(health.snapshot().leftBehind()).isEqualTo(TimedDecoder.MAX_LEFT_BEHIND);
    assertThat(width(decoder, TimeUnit.SECONDS.toNanos(30))).isEqualTo(64);
    FaultTable.add(
        "agent",
        "decoders that never end",
        "the camera stops",
        "left behind and counted, 4 at most, frames go on");
  }

  @Test
  void anInterruptedWaitEndsAtOnce() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    TimedDecoder decoder =
        new TimedDecoder(
            (encoded, name, limit) -> {
              awaitDeafly(release);
              return ImageFiles.decode(encoded, name);
            },
            Duration.ofMinutes(5));
    try {
      AtomicLong ended = new AtomicLong();
      Thread waiting =
          new Thread(
              () -> {
                try {
                  decoder.decode(GOOD, "x");
                } catch (IOException e) {
                  ended.set(System.nanoTime());
                }
              });
      waiting.start();
      waiting.interrupt();
      waiting.join(60_000);
      assertThat(ended.get()).isNotZero();
    } finally {
      release.countDown();
    }
  }

  /** What it costs is told by the fastest tenth; how often others run meanwhile, by the rest. */
  @Test
  void handingAPictureOverCostsLittle() throws Exception {
    Image ready = Image.black(1, 1);
    TimedDecoder decoder = new TimedDecoder((encoded, name, limit) -> ready, LIMIT);
    int rounds = 3000;
    long[] nanos = new long[rounds];
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      decoder.decode(GOOD, "x");
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    System.out.printf(
        "handing a picture to the decoder's thread and back: median %d µs, 99 %% %d µs%n",
        nanos[rounds / 2] / 1000, nanos[rounds * 99 / 100] / 1000);
    assertThat(nanos[rounds / 10]).isLessThan(TimeUnit.MILLISECONDS.toNanos(2));
  }

  /** As a hanging native call would: it hears no interrupt. */
  private static void awaitDeafly(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      Thread.onSpinWait();
      if (Thread.interrupted()) {
        continue;
      }
      try {
        latch.await(5, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        // deaf
      }
    }
  }

  private static Capture capture(FrameSource source, LatestFrame mailbox, SourceHealth health) {
    return new Capture(
        source,
        mailbox,
        health,
        Capture.Pace.LIVE,
        0,
        InstantSource.system(),
        new Backoff(20, 200));
  }

  private static int width(FrameSource source) throws IOException {
    Picture picture = source.next();
    assertThat(picture).isNotNull();
    return picture.image().width();
  }

  /** A machine under load may be too slow for a limit of 150 ms even with a small picture. */
  private static int nextUnlessSlow(FrameSource source) throws IOException {
    try {
      return width(source);
    } catch (SlowPictureException e) {
      return 20;
    }
  }

  private static int width(TimedDecoder decoder, long patienceNanos) throws Exception {
    long deadline = System.nanoTime() + patienceNanos;
    while (true) {
      try {
        return decoder.decode(GOOD, "after all").width();
      } catch (SlowPictureException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
  }
}
