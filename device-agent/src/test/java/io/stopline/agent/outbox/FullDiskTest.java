package io.stopline.agent.outbox;

import static io.stopline.testing.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.agent.source.Backoff;
import io.stopline.testing.FaultTable;
import io.stopline.testing.SmallDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Outbox, writer and sender on a real disk of small, fixed size. */
@Timeout(300)
@Tag("faults")
class FullDiskTest {

  private static final boolean ALL = FaultTable.inFull();

  @TempDir Path folder;

  /** Stands where the monitor stands: stores what comes and acknowledges it, while it is there. */
  private static final class Monitor implements Uplink {
    final Set<UUID> stored = ConcurrentHashMap.newKeySet();
    final CompletableFuture<OutboxSender> sender = new CompletableFuture<>();
    final AtomicLong connection = new AtomicLong();
    volatile boolean there;

    void comes() {
      connection.incrementAndGet();
      there = true;
      sender.join().wake();
    }

    @Override
    public boolean isConnected() {
      return there;
    }

    @Override
    public long connection() {
      return connection.get();
    }

    @Override
    public boolean send(byte[] incident) {
      UUID id = UUID.fromString(new String(incident, 0, 36, StandardCharsets.US_ASCII));
      stored.add(id);
      sender.join().stored(id);
      return true;
    }
  }

  private static Draft draft(UUID id, int bytes) {
    return new Draft(
        id,
        bytes,
        sequence -> {
          byte[] payload = new byte[bytes];
          System.arraycopy(id.toString().getBytes(StandardCharsets.US_ASCII), 0, payload, 0, 36);
          return payload;
        });
  }

  private static OutboxWriter writer(Outbox outbox, Set<UUID> accepted) {
    OutboxWriter writer =
        new OutboxWriter(
            outbox,
            new OutboxWriter.Spill(32, 8 << 20),
            new Backoff(10, 50),
            ids -> accepted.addAll(ids));
    writer.start();
    return writer;
  }

  @Test
  void aDiskThatIsFilledFiveTimesTakesIncidentsAgainAsSoonAsTheyAreAcknowledged() throws Exception {
    int mebibytes = ALL ? 64 : 4;
    int bytes = ALL ? 200_000 : 40_000;
    Set<UUID> accepted = ConcurrentHashMap.newKeySet();
    Monitor monitor = new Monitor();
    AtomicInteger offered = new AtomicInteger();
    List<Long> depths = new ArrayList<>();
    try (SmallDisk disk = SmallDisk.tmpfs(folder.resolve("disk"), "size=" + mebibytes + "m");
        Outbox outbox =
            new Outbox(
                disk.folder().resolve("outbox.db"),
                UUID.randomUUID(),
                256L << 20,
                InstantSource.system());
        OutboxWriter writer = writer(outbox, accepted);
        OutboxSender sender =
            new OutboxSender(outbox, monitor, new OutboxSender.Pace(8, 300, 1200))) {
      monitor.sender.complete(sender);
      sender.start();
      for (int round = 0; round < 5; round++) {
        // The disk is full of our own incidents, not of another's file: only acknowledgements help.
        monitor.there = false;
        long lostBefore = writer.counters().refusedStorage();
        while (writer.counters().refusedStorage() == lostBefore) {
          if (writer.offer(draft(UUID.randomUUID(), bytes))) {
            offered.incrementAndGet();
          }
          TimeUnit.MILLISECONDS.sleep(1);
        }
        // Now and then one more fits, and until the next does not there is nothing to tell.
        List<Outbox.Status> told = new ArrayList<>();
        await(
            "told in round " + round,
            () -> {
              Outbox.Status now = outbox.status();
              if (now.fault() == null && writer.offer(draft(UUID.randomUUID(), bytes))) {
                offered.incrementAndGet();
              }
              return now.fault() != null && told.add(now);
            });
        Outbox.Status full = told.get(0);
        depths.add(full.depth());
        assertThat(full.fault()).contains("free space on its disk");
        assertThat(outbox.pending(10_000))
            .as("what is stored can be read")
            .hasSize((int) full.depth());
        monitor.comes();
        await("drained in round " + round, () -> outbox.status().depth() == 0);
        await("memory stored in round " + round, () -> writer.counters().waiting() == 0);
        await("drained again in round " + round, () -> outbox.status().depth() == 0);
        assertThat(outbox.status().fault()).isNull();
      }
      OutboxWriter.Counters counters = writer.counters();
      assertThat(counters.accepted() + counters.refusedStorage()).isEqualTo(offered.get());
      assertThat(monitor.stored)
          .isEqualTo(new HashSet<>(accepted))
          .hasSize((int) counters.accepted());
      FaultTable.add(
          "outbox",
          "disk of %d MiB filled and drained 5 times".formatted(mebibytes),
          "the outbox cannot be read: nothing drains",
          ("offered %d, accepted %d, stored by the monitor %d, beyond memory and counted %d, restarts"
                  + " 0 (depths %s)")
              .formatted(
                  offered.get(),
                  accepted.size(),
                  monitor.stored.size(),
                  counters.refusedStorage(),
                  depths));
    }
  }

  @Test
  void anOutboxOnADiskWithoutAByteLeftIsOpenedReadAndDrained() throws Exception {
    List<UUID> ids = new ArrayList<>();
    try (SmallDisk disk = SmallDisk.tmpfs(folder.resolve("disk"), "size=8m")) {
      Path db = disk.folder().resolve("outbox.db");
      try (Outbox outbox =
          new Outbox(db, UUID.randomUUID(), 256L << 20, InstantSource.system()).open()) {
        for (int i = 0; i < 40; i++) {
          UUID id = UUID.randomUUID();
          ids.add(id);
          outbox.append(List.of(draft(id, 50_000)));
        }
      }
      disk.fill();
      try (Outbox outbox =
          new Outbox(db, UUID.randomUUID(), 256L << 20, InstantSource.system()).open()) {
        assertThat(outbox.status().fault()).isNull();
        assertThat(outbox.pending(100)).extracting(Outbox.Entry::id).isEqualTo(ids);
        assertThat(outbox.payload(outbox.pending(1).get(0))).hasSize(50_000);
        outbox.delete(ids.subList(0, 20));
        // What was freed inside the file takes new ones, with the disk as full as before.
        UUID after = UUID.randomUUID();
        assertThat(outbox.append(List.of(draft(after, 50_000))).accepted()).containsExactly(after);
        assertThat(outbox.status().depth()).isEqualTo(21);
        outbox.refuse(after, "no such guard");
        outbox.delete(ids);
        assertThat(outbox.status().depth()).isZero();
      }
    }
  }
}
