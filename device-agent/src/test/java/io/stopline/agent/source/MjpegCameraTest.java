package io.stopline.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.testing.FreePort;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each way a camera can misbehave, over a real socket. */
@Timeout(120)
class MjpegCameraTest {

  /** For tests of what is silent. */
  private static final int SHORT_MILLIS = 1000;

  /** For all others: no pause of the machine is taken for a silent camera. */
  private static final int LONG_MILLIS = 30_000;

  private static final byte[] JPEG = TestPictures.jpeg(64, 48);

  private final LatestFrame mailbox = new LatestFrame();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  private TestCamera camera(TestCamera.Behaviour... script) throws Exception {
    TestCamera camera = new TestCamera(script);
    open.add(camera);
    return camera;
  }

  private SourceHealth watch(URI url) {
    return watch(url, LONG_MILLIS);
  }

  private SourceHealth watch(URI url, int stallMillis) {
    MjpegCamera source =
        new MjpegCamera(
            new MjpegCamera.Settings(url, null, LONG_MILLIS, stallMillis, 1 << 20),
            ImageFiles::decode);
    SourceHealth health = new SourceHealth(source.name(), stallMillis, System::nanoTime);
    Capture capture =
        new Capture(
            source,
            mailbox,
            health,
            Capture.Pace.LIVE,
            0,
            InstantSource.system(),
            new Backoff(20, 200));
    // Behind the camera, whose end ends what it waits for.
    open.add(capture);
    capture.start();
    return health;
  }

  private Image frame() throws InterruptedException {
    SourcedFrame frame = mailbox.take(60, TimeUnit.SECONDS);
    assertThat(frame).as("a frame").isNotNull();
    return frame.frame().image();
  }

  private static SourceHealth.Snapshot await(
      SourceHealth health, Predicate<SourceHealth.Snapshot> condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      SourceHealth.Snapshot snapshot = health.snapshot();
      if (condition.test(snapshot)) {
        return snapshot;
      }
      assertThat(System.nanoTime()).as("waiting, health is %s", snapshot).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static void stream(TestCamera.Wire wire, byte[] jpeg)
      throws java.io.IOException, InterruptedException {
    while (true) {
      wire.part(jpeg);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Test
  void aStreamGivesFramesInOrder() throws Exception {
    TestCamera camera =
        camera(
            wire -> {
              wire.multipart();
              stream(wire, JPEG);
            });
    SourceHealth health = watch(camera.url());
    long last = -1;
    for (int i = 0; i < 5; i++) {
      SourcedFrame frame = mailbox.take(60, TimeUnit.SECONDS);
      assertThat(frame).isNotNull();
      assertThat(frame.frame().image().width()).isEqualTo(64);
      assertThat(frame.frame().sequence()).isGreaterThan(last);
      assertThat(frame.frame().source()).doesNotContain("secret");
      last = frame.frame().sequence();
    }
    assertThat(health.snapshot().state()).isEqualTo(SourceHealth.State.STREAMING);
  }

  @Test
  void aStallIsReportedAndTheCameraOpenedAgain() throws Exception {
    CountDownLatch reported = new CountDownLatch(1);
    TestCamera camera =
        camera(
            wire -> {
              wire.multipart().part(JPEG);
              wire.stall();
            },
            wire -> {
              reported.await();
              wire.multipart();
              stream(wire, TestPictures.jpeg(32, 32));
            });
    SourceHealth health = watch(camera.url(), SHORT_MILLIS);
    assertThat(frame().width()).isEqualTo(64);
    SourceHealth.Snapshot stalled = await(health, s -> s.state() == SourceHealth.State.FAILED);
    assertThat(stalled.detail()).containsAnyOf("silent", "no usable picture");
    reported.countDown();
    assertThat(frame().width()).isEqualTo(32);
    await(health, s -> s.state() == SourceHealth.State.STREAMING && s.detail() == null);
  }

  @Test
  void aByteNowAndThenIsAStallToo() throws Exception {
    CountDownLatch reported = new CountDownLatch(1);
    TestCamera camera =
        camera(
            wire -> {
              wire.multipart().text("--frame\r\nContent-Length: 5000\r\n\r\n");
              while (true) {
                wire.text("x");
                TimeUnit.MILLISECONDS.sleep(50);
              }
            },
            wire -> {
              reported.await();
              wire.multipart();
              stream(wire, JPEG);
            });
    SourceHealth health = watch(camera.url(), SHORT_MILLIS);
    assertThat(await(health, s -> s.failures() > 0).detail())
        .contains("no complete picture within");
    reported.countDown();
    assertThat(frame().width()).isEqualTo(64);
  }

  @Test
  void garbagePartsAreCountedAndSkipped() throws Exception {
    byte[] garbage = new byte[3000];
    new java.util.Random(7).nextBytes(garbage);
    TestCamera camera =
        camera(
            wire -> {
              wire.multipart().part(garbage).part(new byte[0]);
              wire.part(java.util.Arrays.copyOf(JPEG, 20));
              stream(wire, JPEG);
            });
    SourceHealth health = watch(camera.url());
    assertThat(frame().width()).isEqualTo(64);
    assertThat(health.snapshot().badPictures()).isGreaterThanOrEqualTo(2);
    assertThat(health.snapshot().failures()).isZero();
  }

  @Test
  void aHugePictureIsRefusedByItsHeader() throws Exception {
    TestCamera camera =
        camera(
            wire -> {
              wire.multipart().part(TestPictures.jpegClaiming(20_000, 20_000));
              wire.part(TestPictures.jpegClaiming(0, 0));
              wire.part(JPEG);
              wire.stall();
            });
    SourceHealth health = watch(camera.url());
    assertThat(frame().width()).isEqualTo(64);
    assertThat(health.snapshot().badPictures()).isEqualTo(2);
  }

  @Test
  void aChangeOfSizeIsReportedAndFollowed() throws Exception {
    CountDownLatch firstTaken = new CountDownLatch(1);
    TestCamera camera =
        camera(
            wire -> {
              wire.multipart().part(JPEG);
              firstTaken.await();
              wire.part(TestPictures.jpeg(128, 96));
              wire.stall();
            });
    SourceHealth health = watch(camera.url());
    assertThat(frame().width()).isEqualTo(64);
    firstTaken.countDown();
    assertThat(frame().width()).isEqualTo(128);
    assertThat(await(health, s -> s.sizeChanges() == 1).width()).isEqualTo(128);
  }

  @Test
  void aMissingCameraIsRetriedUntilItComes() throws Exception {
    int port = FreePort.find();
    SourceHealth health = watch(URI.create("http://127.0.0.1:" + port + "/video"));
    assertThat(await(health, s -> s.failures() >= 2).detail()).contains("refuses the connection");
    TestCamera late =
        new TestCamera(
            port,
            wire -> {
              wire.multipart();
              stream(wire, JPEG);
            });
    open.add(late);
    assertThat(frame().width()).isEqualTo(64);
  }

  @Test
  void wrongAnswersNameTheCure() throws Exception {
    TestCamera camera =
        camera(
            wire -> wire.text("HTTP/1.0 404 Not Found\r\n\r\n"),
            wire -> wire.ok("text/html").text("<html>"),
            wire -> wire.text("HTTP/1.0 401 Unauthorized\r\n\r\n"),
            wire -> wire.text("SSH-2.0-OpenSSH\r\n"),
            wire -> {
              wire.multipart();
              stream(wire, JPEG);
            });
    MjpegCamera source = new MjpegCamera(MjpegCamera.Settings.of(camera.url()), ImageFiles::decode);
    open.add(0, source);
    assertThatThrownBy(source::next).hasMessageContaining("404").hasMessageContaining("path");
    assertThatThrownBy(source::next).hasMessageContaining("text/html");
    assertThatThrownBy(source::next).hasMessageContaining("--source-credentials");
    assertThatThrownBy(source::next).hasMessageContaining("127.0.0.1");
    assertThat(source.next()).isNotNull();
  }

  @Test
  void aStreamWithoutABoundaryOrATypeIsReadByItsJpegs() throws Exception {
    TestCamera camera =
        camera(
            wire -> {
              wire.ok("multipart/x-mixed-replace").part(JPEG);
              wire.stall();
            });
    watch(camera.url());
    assertThat(frame().width()).isEqualTo(64);
    TestCamera bare =
        camera(
            wire -> {
              wire.ok("").bytes(JPEG).bytes(JPEG);
              wire.stall();
            });
    watch(bare.url());
    assertThat(frame().width()).isEqualTo(64);
  }

  @Test
  void aPasswordInTheUrlIsRefused() {
    assertThatThrownBy(
            () -> MjpegCamera.Settings.of(URI.create("http://me:hunter2@127.0.0.1/video")))
        .hasMessageContaining("--source-credentials")
        .hasMessageNotContaining("hunter2");
  }
}
