package io.stopline.fleet.internal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.fleet.internal.ingest.DeviceQueues.Message;
import io.stopline.telemetry.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeviceQueuesTest {

  private final DeviceQueues queues = new DeviceQueues();

  private static Message message(String device, int bytes) {
    return new Message(device, Topics.Kind.INCIDENT, new byte[bytes]);
  }

  @Test
  void eachDeviceHasItsTurnHoweverManyOneSends() throws Exception {
    int dropped = 0;
    for (int i = 0; i < 1000; i++) {
      dropped += "loud".equals(queues.offer(message("loud", 10))) ? 1 : 0;
    }
    for (int i = 0; i < 3; i++) {
      assertThat(queues.offer(message("quiet", 10))).isNull();
    }
    assertThat(dropped).isEqualTo(1000 - DeviceQueues.MAX_MESSAGES);
    List<String> served = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      served.add(queues.take().device());
    }
    assertThat(served).containsExactly("loud", "quiet", "loud", "quiet", "loud", "quiet");
  }

  @Test
  void whereAllHoldTooMuchTheOneThatHoldsMostGivesWay() throws Exception {
    int mebibyte = 1 << 20;
    for (int i = 0; i < 47; i++) {
      assertThat(queues.offer(message("loud", mebibyte))).isNull();
    }
    assertThat(queues.offer(message("quiet", mebibyte / 2))).isNull();
    assertThat(queues.offer(message("quiet", mebibyte))).isEqualTo("loud");
    queues.take();
    assertThat(queues.take().device()).isEqualTo("quiet");
  }

  @Test
  void whoHasSpentItsShareWaitsAndNobodyElse() throws Exception {
    for (int i = 0; i < 60; i++) {
      queues.offer(message("junk", 10));
    }
    // A refused message costs eleven tokens; the burst of 400 pays 36 of them.
    long begun = System.nanoTime();
    for (int i = 0; i < 40; i++) {
      queues.refused(queues.take().device());
    }
    // Now it owes so much that it still does after a pause of the machine.
    for (int i = 0; i < 20; i++) {
      queues.refused("junk");
    }
    queues.offer(message("quiet", 10));
    assertThat(queues.take().device()).isEqualTo("quiet");
    assertThat(queues.take().device()).isEqualTo("junk");
    double seconds = (System.nanoTime() - begun) / 1e9;
    assertThat(seconds)
        .as("40 refusals at 11 tokens and 20 at 10, of which 400 were there")
        .isGreaterThan(2.25);
  }

  @Test
  void whoWaitsForAMessageIsWokenByIt() throws Exception {
    Thread sender =
        new Thread(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(50);
              } catch (InterruptedException e) {
                return;
              }
              queues.offer(message("late", 10));
            });
    sender.start();
    assertThat(queues.take().device()).isEqualTo("late");
    sender.join();
  }
}
