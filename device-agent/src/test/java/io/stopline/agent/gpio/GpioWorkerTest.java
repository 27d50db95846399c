package io.stopline.agent.gpio;

import static io.stopline.testing.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.pi4j.context.Context;
import com.pi4j.io.exception.IOException;
import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalState;
import io.stopline.agent.source.Backoff;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.InOrder;

/** Pins on Pi4J's mock provider, and every fault of a provider by Mockito. */
@Timeout(120)
class GpioWorkerTest {

  private final Context context = mock(Context.class);
  private final DigitalOutput heartbeat = mock(DigitalOutput.class);
  private final DigitalOutput alarm = mock(DigitalOutput.class);

  private GpioWorker worker() {
    return new GpioWorker(
        GpioMode.GPIOD, () -> new Pins(context, heartbeat, alarm), new Backoff(5, 20));
  }

  @Test
  void theHeartbeatFollowsTheLoopAndStopsWithIt() throws Exception {
    try (GpioWorker worker = worker()) {
      worker.start();
      for (int i = 1; i <= 3; i++) {
        int beats = i;
        worker.frameDone(false);
        await("a beat", () -> worker.status().beats() == beats);
      }
      // Let the worker go round several times without a further frame: the lamp proves that it did.
      worker.frameDone(true);
      await("a beat", () -> worker.status().beats() == 4);
      await("the lamp is switched", () -> invocations(alarm) >= 1);
      long beats = worker.status().beats();
      TimeUnit.MILLISECONDS.sleep(200);
      assertThat(worker.status().beats()).isEqualTo(beats);
    }
    InOrder order = inOrder(heartbeat);
    order.verify(heartbeat).state(DigitalState.HIGH);
    order.verify(heartbeat).state(DigitalState.LOW);
    order.verify(heartbeat).state(DigitalState.HIGH);
  }

  private static int invocations(DigitalOutput output) {
    return org.mockito.Mockito.mockingDetails(output).getInvocations().size();
  }

  @Test
  void theLampIsLitWhileASuspectTrackIsLiveAndOffAtTheEnd() throws Exception {
    GpioWorker worker = worker();
    try (worker) {
      worker.start();
      worker.frameDone(true);
      await("the lamp is switched", () -> invocations(alarm) == 1);
      verify(alarm).state(DigitalState.HIGH);
      worker.frameDone(false);
      await("the lamp is switched", () -> invocations(alarm) == 2);
      worker.frameDone(true);
      await("the lamp is switched", () -> invocations(alarm) == 3);
    }
    InOrder order = inOrder(alarm, context);
    order.verify(alarm).state(DigitalState.HIGH);
    order.verify(alarm).state(DigitalState.LOW);
    order.verify(alarm).state(DigitalState.HIGH);
    order.verify(alarm).state(DigitalState.LOW);
    order.verify(context).shutdown();
    assertThat(worker.status().state()).isEqualTo(GpioWorker.State.OFF);
  }

  @Test
  void aFailingProviderIsReportedAndOpenedAgain() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    CompletableFuture<Boolean> reported = new CompletableFuture<>();
    when(heartbeat.state(any()))
        .thenThrow(new IOException("line is busy"))
        .thenThrow(new IllegalStateException("native handle closed"))
        .thenReturn(heartbeat);
    try (GpioWorker worker =
        new GpioWorker(
            GpioMode.GPIOD,
            () -> {
              if (opened.incrementAndGet() == 2) {
                reported.join();
                throw new UnsatisfiedLinkError("libgpiod is missing");
              }
              return new Pins(context, heartbeat, alarm);
            },
            new Backoff(5, 20))) {
      worker.start();
      worker.frameDone(true);
      await("failed", () -> worker.status().state() == GpioWorker.State.FAILED);
      assertThat(worker.status().detail()).contains("line is busy");
      reported.complete(true);
      await("at work", () -> worker.status().state() == GpioWorker.State.OK);
      await(
          "the lamp is lit",
          () ->
              org.mockito.Mockito.mockingDetails(alarm).getInvocations().stream()
                  .anyMatch(i -> i.getArgument(0) == DigitalState.HIGH));
      assertThat(opened.get()).isGreaterThanOrEqualTo(3);
      verify(context, atLeastOnce()).shutdown();
    }
  }

  @Test
  void aProviderThatHangsNeverHoldsUpTheLoop() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    doAnswer(
            call -> {
              entered.countDown();
              release.await();
              return heartbeat;
            })
        .when(heartbeat)
        .state(any());
    try (GpioWorker worker = worker()) {
      worker.start();
      worker.frameDone(false);
      assertThat(entered.await(50, TimeUnit.SECONDS)).isTrue();
      long begin = System.nanoTime();
      for (int i = 0; i < 100_000; i++) {
        worker.frameDone(i % 2 == 0);
      }
      assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(20));
      release.countDown();
    }
  }

  @Test
  void theMockProviderOfPi4jIsDrivenLikeRealPins() throws Exception {
    try (GpioWorker worker = new GpioWorker(GpioMode.MOCK, 17, 27)) {
      worker.start();
      await("at work", () -> worker.status().state() == GpioWorker.State.OK);
      worker.frameDone(true);
      await("a beat", () -> worker.status().beats() == 1);
      assertThat(worker.status().detail()).contains("mock");
    }
    // A second life in the same process: the first must have released everything.
    try (GpioWorker worker = new GpioWorker(GpioMode.MOCK, 17, 27)) {
      worker.start();
      await("at work", () -> worker.status().state() == GpioWorker.State.OK);
    }
  }

  @Test
  void gpiodWithoutABoardFailsSoftly() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeFalse(
        java.nio.file.Files.exists(java.nio.file.Path.of("/dev/gpiochip0")),
        "this machine has GPIO pins");
    try (GpioWorker worker = new GpioWorker(GpioMode.GPIOD, 17, 27)) {
      worker.start();
      await("failed", () -> worker.status().state() == GpioWorker.State.FAILED);
      worker.frameDone(true);
      assertThat(worker.status().detail()).isNotEmpty();
    }
  }
}
