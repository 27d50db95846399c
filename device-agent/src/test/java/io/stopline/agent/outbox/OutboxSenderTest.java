package io.stopline.agent.outbox;

import static io.stopline.testing.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is sent when, against a real outbox; the real link and brokers have tests of their own. */
@Timeout(120)
class OutboxSenderTest {

  @TempDir Path folder;
  private final Line line = new Line();
  private Outbox outbox;
  private OutboxSender sender;

  /** Writes down what is sent. */
  private static final class Line implements Uplink {
    final List<String> sent = new CopyOnWriteArrayList<>();
    volatile boolean connected = true;
    volatile long connection = 1;

    @Override
    public boolean isConnected() {
      return connected;
    }

    @Override
    public long connection() {
      return connection;
    }

    @Override
    public boolean send(byte[] incident) {
      if (!connected) {
        return false;
      }
      sent.add(new String(incident, StandardCharsets.UTF_8));
      return true;
    }
  }

  @BeforeEach
  void begin() {
    outbox =
        new Outbox(folder.resolve("outbox.db"), UUID.randomUUID(), 1 << 20, InstantSource.system());
    sender = new OutboxSender(outbox, line, new OutboxSender.Pace(4, 300, 1200));
  }

  @AfterEach
  void end() {
    sender.close();
    outbox.close();
  }

  private UUID add() throws Exception {
    UUID id = UUID.randomUUID();
    outbox.append(
        List.of(new Draft(id, 1, sequence -> id.toString().getBytes(StandardCharsets.UTF_8))));
    sender.wake();
    return id;
  }

  private long times(UUID id) {
    return line.sent.stream().filter(id.toString()::equals).count();
  }

  @Test
  void anIncidentIsSentAgainUntilTheMonitorHasStoredItAndOnlyThenDeleted() throws Exception {
    sender.start();
    UUID id = add();
    await("sent", () -> times(id) >= 3);
    assertThat(outbox.status().depth()).isEqualTo(1);
    sender.stored(id);
    await("deleted", () -> outbox.status().depth() == 0);
    long sent = times(id);
    UUID other = add();
    await("sent", () -> times(other) >= 2);
    assertThat(times(id)).isEqualTo(sent);
    await("acknowledged", () -> sender.counters().acknowledged() == 1);
  }

  @Test
  void aNewConnectionSendsAtOnceWhatWasUnderWay() throws Exception {
    sender.close();
    sender = new OutboxSender(outbox, line, new OutboxSender.Pace(4, 60_000, 60_000));
    sender.start();
    UUID id = add();
    await("sent", () -> times(id) == 1);
    line.connected = false;
    sender.wake();
    line.connection = 2;
    line.connected = true;
    sender.wake();
    await("sent", () -> times(id) == 2);
  }

  @Test
  void onlyTheWindowIsUnderWayAndTheRestFollowsInOrder() throws Exception {
    sender.close();
    sender = new OutboxSender(outbox, line, new OutboxSender.Pace(4, 60_000, 60_000));
    List<UUID> ids = List.of(add(), add(), add(), add(), add(), add());
    sender.start();
    await("all sent", () -> line.sent.size() == 4);
    sender.stored(ids.get(0));
    await("all sent", () -> line.sent.size() == 5);
    assertThat(line.sent).isEqualTo(ids.subList(0, 5).stream().map(UUID::toString).toList());
  }

  @Test
  void aRefusedIncidentIsSetAsideAndTheOthersGoOn() throws Exception {
    sender.start();
    UUID bad = add();
    UUID good = add();
    await("sent", () -> times(good) >= 1);
    sender.refused(bad, "schema");
    sender.stored(good);
    await("deleted", () -> outbox.status().depth() == 0);
    await("refused", () -> sender.counters().refused() == 1);
  }
}
