package io.stopline.agent.outbox;

import static io.stopline.testing.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.testing.SmallDisk;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OutboxTest {

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("outbox.db");
  }

  private Outbox open(UUID session) {
    return new Outbox(file(), session, 1 << 20, InstantSource.system()).open();
  }

  private static Draft draft(UUID id, int bytes) {
    return new Draft(id, bytes, sequence -> payload(sequence, bytes));
  }

  private static byte[] payload(long sequence, int bytes) {
    byte[] payload = new byte[bytes];
    byte[] text = ("incident " + sequence).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(text, 0, payload, 0, Math.min(bytes, text.length));
    return payload;
  }

  private static List<UUID> fill(Outbox outbox, int count, int bytes) throws Exception {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      UUID id = UUID.randomUUID();
      ids.add(id);
      assertThat(outbox.append(List.of(draft(id, bytes))).accepted()).containsExactly(id);
    }
    return ids;
  }

  private static List<UUID> pending(Outbox outbox) throws Exception {
    return outbox.pending(10_000).stream().map(Outbox.Entry::id).toList();
  }

  @Test
  void whatWasAcceptedIsThereAfterAReopenInOrderAndNumbersGoOn() throws Exception {
    List<UUID> ids;
    try (Outbox outbox = open(UUID.randomUUID())) {
      assertThat(outbox.nextSequence()).isEqualTo(1);
      ids = fill(outbox, 5, 100);
      outbox.delete(ids.subList(0, 2));
      assertThat(outbox.status().depth()).isEqualTo(3);
      assertThat(outbox.status().bytes()).isEqualTo(300);
    }
    try (Outbox outbox = open(UUID.randomUUID())) {
      assertThat(pending(outbox)).isEqualTo(ids.subList(2, 5));
      assertThat(outbox.nextSequence()).isEqualTo(6);
      assertThat(outbox.status().bytes()).isEqualTo(300);
      assertThat(outbox.payload(outbox.pending(1).get(0))).isEqualTo(payload(3, 100));
      outbox.delete(ids);
    }
    try (Outbox outbox = open(UUID.randomUUID())) {
      assertThat(outbox.nextSequence()).as("numbers are not given twice").isEqualTo(6);
    }
  }

  @Test
  void anIncidentIsStoredOnceHoweverOftenItIsHandedOver() throws Exception {
    try (Outbox outbox = open(UUID.randomUUID())) {
      UUID id = UUID.randomUUID();
      outbox.append(List.of(draft(id, 10), draft(id, 10)));
      outbox.append(List.of(draft(id, 10)));
      assertThat(pending(outbox)).containsExactly(id);
      assertThat(outbox.nextSequence()).isEqualTo(2);
    }
  }

  @Test
  void whenFullNewIncidentsAreRefusedAndOldOnesStay() throws Exception {
    try (Outbox outbox = new Outbox(file(), UUID.randomUUID(), 1000, InstantSource.system())) {
      List<UUID> ids = fill(outbox, 9, 100);
      UUID large = UUID.randomUUID();
      UUID small = UUID.randomUUID();
      Outbox.Appended appended = outbox.append(List.of(draft(large, 200), draft(small, 100)));
      assertThat(appended.full()).containsExactly(large);
      assertThat(appended.accepted()).containsExactly(small);
      assertThat(pending(outbox)).startsWith(ids.toArray(UUID[]::new)).endsWith(small);
      outbox.delete(ids);
      assertThat(outbox.append(List.of(draft(large, 200))).accepted()).containsExactly(large);
    }
  }

  @Test
  void anIncidentThatCannotBeEncodedDoesNotHoldUpTheOthers() throws Exception {
    try (Outbox outbox = open(UUID.randomUUID())) {
      UUID bad = UUID.randomUUID();
      UUID worse = UUID.randomUUID();
      UUID good = UUID.randomUUID();
      Outbox.Appended appended =
          outbox.append(
              List.of(
                  new Draft(
                      bad,
                      1,
                      sequence -> {
                        throw new IllegalArgumentException("no");
                      }),
                  new Draft(
                      worse,
                      1,
                      sequence -> {
                        throw new StackOverflowError();
                      }),
                  draft(good, 10)));
      assertThat(appended.broken()).containsExactly(bad, worse);
      assertThat(pending(outbox)).containsExactly(good);
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsRenamedAndANewOneBegun() throws Exception {
    Files.writeString(file(), "this is not SQLite".repeat(500));
    try (Outbox outbox = open(UUID.randomUUID())) {
      assertThat(outbox.status().fault()).isNull();
      assertThat(outbox.status().quarantined()).isEqualTo(1);
      String aside = outbox.status().lastQuarantine();
      assertThat(aside).startsWith("outbox.db.corrupt-");
      assertThat(Files.readString(folder.resolve(aside))).startsWith("this is not SQLite");
      fill(outbox, 2, 10);
    }
  }

  @Test
  void whatACorruptFileStillGivesIsCarriedOver() throws Exception {
    List<UUID> ids;
    try (Outbox outbox = open(UUID.randomUUID())) {
      ids = fill(outbox, 40, 3000);
    }
    // Damage a page in the second half of the file: rows before it can still be read.
    try (RandomAccessFile raw = new RandomAccessFile(file().toFile(), "rw")) {
      raw.seek(raw.length() * 3 / 4 / 4096 * 4096);
      raw.write(new byte[8192]);
    }
    try (Outbox outbox = open(UUID.randomUUID())) {
      assertThat(outbox.status().quarantined()).isEqualTo(1);
      List<UUID> saved = pending(outbox);
      assertThat(saved).isNotEmpty().hasSizeLessThan(40);
      assertThat(ids).containsAll(saved);
      assertThat(outbox.nextSequence()).isEqualTo(41);
      for (Outbox.Entry entry : outbox.pending(100)) {
        assertThat(outbox.payload(entry)).hasSize(3000);
      }
    }
  }

  @Test
  void aSecondAgentOnTheSameFileIsTold() throws Exception {
    try (Outbox first = open(UUID.randomUUID())) {
      fill(first, 1, 10);
      try (Outbox second = open(UUID.randomUUID())) {
        assertThat(second.status().fault()).contains("another agent uses this state folder");
        assertThatThrownBy(() -> second.append(List.of(draft(UUID.randomUUID(), 1))))
            .isInstanceOf(OutboxUnavailableException.class);
      }
    }
    try (Outbox third = open(UUID.randomUUID())) {
      assertThat(third.status().depth()).isEqualTo(1);
    }
  }

  @Test
  void refusedIncidentsAreSetAside() throws Exception {
    try (Outbox outbox = open(UUID.randomUUID())) {
      List<UUID> ids = fill(outbox, 3, 10);
      outbox.refuse(ids.get(1), "no such guard");
      assertThat(pending(outbox)).containsExactly(ids.get(0), ids.get(2));
      assertThat(outbox.status().depth()).isEqualTo(2);
    }
    try (Outbox outbox = open(UUID.randomUUID())) {
      assertThat(outbox.status().depth()).isEqualTo(2);
      assertThat(outbox.status().bytes()).isEqualTo(20);
    }
  }

  @Test
  void aFullDiskHoldsIncidentsInMemoryUntilThereIsRoom() throws Exception {
    try (SmallDisk disk = SmallDisk.tmpfs(folder.resolve("disk"), "size=1m")) {
      Path db = disk.folder().resolve("outbox.db");
      try (Outbox outbox = new Outbox(db, UUID.randomUUID(), 8 << 20, InstantSource.system());
          OutboxWriter writer =
              new OutboxWriter(
                  outbox,
                  new OutboxWriter.Spill(20, 1 << 20),
                  new io.stopline.agent.source.Backoff(10, 50),
                  ids -> {})) {
        writer.start();
        List<UUID> offered = new ArrayList<>();
        // A disk that refuses a batch may still take one incident, and then another: it is full
        // once
        // many are refused in a row and none is stored.
        long stored = -1;
        long refusedBefore = 0;
        while (writer.counters().refusedStorage() - refusedBefore < 200) {
          OutboxWriter.Counters now = writer.counters();
          if (now.accepted() != stored || now.refusedStorage() == 0) {
            stored = now.accepted();
            refusedBefore = now.refusedStorage();
          }
          UUID id = UUID.randomUUID();
          if (writer.offer(draft(id, 20_000))) {
            offered.add(id);
          }
          TimeUnit.MILLISECONDS.sleep(1);
        }
        assertThat(outbox.status().fault()).contains("free space on its disk");
        assertThat(writer.counters().waiting()).isGreaterThanOrEqualTo(20);
        long accepted = writer.counters().accepted();
        assertThat(accepted).isPositive();

        disk.remount("size=64m");
        await("memory drained", () -> writer.counters().waiting() == 0);
        assertThat(outbox.status().fault()).isNull();
        OutboxWriter.Counters counters = writer.counters();
        assertThat(counters.accepted()).isGreaterThan(accepted);
        assertThat(counters.accepted() + counters.refusedStorage())
            .as("every incident is either stored or counted as lost")
            .isEqualTo(offered.size());
        assertThat(pending(outbox)).hasSize((int) counters.accepted());
      }
    }
  }

  @Test
  void aReadOnlyDiskIsReportedAndRetried() throws Exception {
    try (SmallDisk disk = SmallDisk.tmpfs(folder.resolve("disk"), "size=8m")) {
      Path db = disk.folder().resolve("outbox.db");
      UUID before = UUID.randomUUID();
      try (Outbox outbox = new Outbox(db, UUID.randomUUID(), 1 << 20, InstantSource.system())) {
        outbox.append(List.of(draft(before, 100)));
      }
      disk.remount("ro");
      try (Outbox outbox =
              new Outbox(db, UUID.randomUUID(), 1 << 20, InstantSource.system()).open();
          OutboxWriter writer =
              new OutboxWriter(
                  outbox,
                  OutboxWriter.Spill.standard(),
                  new io.stopline.agent.source.Backoff(10, 50),
                  ids -> {})) {
        assertThat(outbox.status().fault()).contains("make its folder writable");
        writer.start();
        UUID during = UUID.randomUUID();
        assertThat(writer.offer(draft(during, 100))).isTrue();
        assertThat(writer.counters().accepted()).isZero();
        disk.remount("rw");
        await("stored after the disk is writable", () -> writer.counters().accepted() == 1);
        assertThat(pending(outbox)).containsExactly(before, during);
      }
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsReportedNotFatal() throws Exception {
    Path blocker = Files.writeString(folder.resolve("file"), "x");
    try (Outbox outbox =
        new Outbox(blocker.resolve("outbox.db"), UUID.randomUUID(), 1 << 20, InstantSource.system())
            .open()) {
      assertThat(outbox.status().fault()).contains("cannot open outbox");
      Files.delete(blocker);
      fill(outbox, 1, 10);
      assertThat(outbox.status().fault()).isNull();
    }
  }

  @Test
  void theWriterStoresABurstInFewCommitsAndFlushesOnClose() throws Exception {
    List<Integer> commits = new ArrayList<>();
    try (Outbox outbox = open(UUID.randomUUID())) {
      int offered = 0;
      try (OutboxWriter writer =
          new OutboxWriter(
              outbox,
              OutboxWriter.Spill.standard(),
              new io.stopline.agent.source.Backoff(10, 50),
              ids -> commits.add(ids.size()))) {
        for (int i = 0; i < 60; i++) {
          assertThat(writer.offer(draft(UUID.randomUUID(), 100))).isTrue();
          offered++;
        }
        writer.start();
      }
      assertThat(pending(outbox)).hasSize(offered);
      assertThat(commits.stream().mapToInt(Integer::intValue).sum()).isEqualTo(offered);
      assertThat(commits).hasSizeLessThan(10);
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("outbox.db", "outbox.db-journal");
    }
  }
}
