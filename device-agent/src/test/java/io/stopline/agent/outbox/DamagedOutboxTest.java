package io.stopline.agent.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.testing.FaultTable;
import io.stopline.testing.SmallDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Outbox files with flipped bits, missing ends and wiped pages, at random. */
@Timeout(1200)
@Tag("faults")
class DamagedOutboxTest {

  private static final boolean ALL = FaultTable.inFull();
  private static final int PAGE = 4096;

  @TempDir Path folder;

  private enum Kind {
    ONE_BIT,
    SOME_BITS,
    CUT,
    ZEROED_PAGE,
    ZEROED_SECTORS,
    NOISE
  }

  /** A file before it was damaged. */
  private static final class Original {
    private final byte[] file;

    /** What has to be sent. */
    final Map<UUID, byte[]> waiting;

    /** What was ever stored: waiting, acknowledged and refused. */
    final Map<UUID, byte[]> known;

    /** The bytes of each waiting incident in the file. */
    final Map<UUID, List<long[]>> places;

    Original(
        byte[] file,
        Map<UUID, byte[]> waiting,
        Map<UUID, byte[]> known,
        Map<UUID, List<long[]>> places) {
      this.file = file;
      this.waiting = waiting;
      this.known = known;
      this.places = places;
    }
  }

  private static final class Tally {
    int damages;
    int endedProcesses;
    int noticed;
    long waiting;
    long undamaged;
    long undamagedLost;
    long carried;
    long carriedBefore;
    long silentChanges;
    long unsaid;
    long sentAgain;
    int stuck;

    void add(Tally more) {
      damages += more.damages;
      endedProcesses += more.endedProcesses;
      noticed += more.noticed;
      waiting += more.waiting;
      undamaged += more.undamaged;
      undamagedLost += more.undamagedLost;
      carried += more.carried;
      carriedBefore += more.carriedBefore;
      silentChanges += more.silentChanges;
      unsaid += more.unsaid;
      sentAgain += more.sentAgain;
      stuck += more.stuck;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%5d damages (%4d noticed): ended processes %d, incidents waiting %d, undamaged %d, of"
              + " these lost %d, carried over %.2f %% of waiting (one query, as before: %.2f %%),"
              + " silent changes %d, losses not said %d, acknowledged ones sent again %d, outboxes"
              + " that did not work afterwards %d",
          damages,
          noticed,
          endedProcesses,
          waiting,
          undamaged,
          undamagedLost,
          100.0 * carried / waiting,
          100.0 * carriedBefore / waiting,
          silentChanges,
          unsaid,
          sentAgain,
          stuck);
    }
  }

  private Outbox open(Path file) {
    return new Outbox(file, UUID.randomUUID(), 64 << 20, InstantSource.system()).open();
  }

  private static byte[] payload(Random random, UUID id) {
    byte[] payload = new byte[random.nextInt(4) == 0 ? 100 + random.nextInt(800) : 20_000];
    if (payload.length == 20_000) {
      payload = new byte[2_000 + random.nextInt(30_000)];
    }
    random.nextBytes(payload);
    byte[] text = ("{\"id\":\"" + id + "\"").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, payload, 0, text.length);
    return payload;
  }

  /** 48 that wait, of 70: some were acknowledged in between, two refused. */
  private Original original(Random random) throws Exception {
    Path file = Files.createDirectories(folder.resolve("original")).resolve("outbox.db");
    Files.deleteIfExists(file);
    Map<UUID, byte[]> known = new HashMap<>();
    Map<UUID, byte[]> waiting = new HashMap<>();
    try (Outbox outbox = open(file)) {
      List<UUID> order = new ArrayList<>();
      for (int i = 0; i < 70; i++) {
        UUID id = new UUID(random.nextLong(), random.nextLong());
        byte[] payload = payload(random, id);
        order.add(id);
        known.put(id, payload);
        waiting.put(id, payload);
        outbox.append(List.of(new Draft(id, payload.length, sequence -> payload)));
        if (i == 40) {
          List<UUID> acknowledged = order.subList(0, 20);
          outbox.delete(acknowledged);
          waiting.keySet().removeAll(acknowledged);
        }
      }
      for (UUID refused : order.subList(20, 22)) {
        outbox.refuse(refused, "no such guard");
        waiting.remove(refused);
      }
    }
    Map<UUID, List<long[]>> places = new HashMap<>();
    try (PageScan scan = new PageScan(file)) {
      for (PageScan.Found row : scan.waiting()) {
        if (waiting.containsKey(UUID.fromString(row.id()))) {
          List<long[]> ranges = new ArrayList<>();
          // Behind it stands the first overflow page's number.
          ranges.add(new long[] {row.start(), row.end() + (row.overflow().isEmpty() ? 0 : 4)});
          int left = row.payloadAt() + row.bytes() + 6 - (int) (row.end() - row.header());
          for (int page : row.overflow()) {
            ranges.add(
                new long[] {(page - 1L) * PAGE, (page - 1L) * PAGE + 4 + Math.min(left, PAGE - 4)});
            left -= PAGE - 4;
          }
          places.put(UUID.fromString(row.id()), ranges);
        }
      }
    }
    assertThat(waiting).hasSize(48);
    assertThat(places.keySet())
        .as("the scan sees all of an intact file")
        .isEqualTo(waiting.keySet());
    return new Original(Files.readAllBytes(file), waiting, known, places);
  }

  private static byte[] damage(Kind kind, byte[] file, Random random) {
    byte[] copy = file.clone();
    switch (kind) {
      case ONE_BIT -> copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
      case SOME_BITS -> {
        for (int i = random.nextInt(64) + 2; i > 0; i--) {
          copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case CUT -> {
        return Arrays.copyOf(copy, random.nextInt(copy.length));
      }
      case ZEROED_PAGE -> {
        int page = random.nextInt(copy.length / PAGE);
        Arrays.fill(copy, page * PAGE, page * PAGE + PAGE, (byte) 0);
      }
      case ZEROED_SECTORS -> {
        for (int i = random.nextInt(8) + 1; i > 0; i--) {
          int sector = random.nextInt(copy.length / 512);
          Arrays.fill(copy, sector * 512, sector * 512 + 512, (byte) 0);
        }
      }
      case NOISE -> {
        byte[] noise = new byte[1 + random.nextInt(3 * PAGE)];
        random.nextBytes(noise);
        int at = random.nextInt(copy.length);
        System.arraycopy(noise, 0, copy, at, Math.min(noise.length, copy.length - at));
      }
    }
    return copy;
  }

  private static boolean isUntouched(List<long[]> ranges, byte[] before, byte[] after) {
    for (long[] range : ranges) {
      int from = (int) range[0];
      int to = (int) range[1];
      if (to > after.length || !Arrays.equals(before, from, to, after, from, to)) {
        return false;
      }
    }
    return true;
  }

  /** What one query for all rows still gives, until it fails. */
  private static Set<UUID> oneQuery(Path file) {
    Set<UUID> saved = new HashSet<>();
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement select = db.createStatement();
        ResultSet rows =
            select.executeQuery(
                "SELECT id, payload, crc FROM incident WHERE refused IS NULL ORDER BY row")) {
      while (rows.next()) {
        if (Checksum.holds(rows.getLong(3), rows.getString(1), rows.getBytes(2), null)) {
          saved.add(UUID.fromString(rows.getString(1)));
        }
      }
    } catch (SQLException e) {
      return saved;
    }
    return saved;
  }

  private void damageOnce(Original original, Kind kind, Random random, Tally tally)
      throws IOException {
    byte[] damaged = damage(kind, original.file, random);
    Path trial = folder.resolve("trial");
    Files.createDirectories(trial);
    try (Stream<Path> old = Files.list(trial)) {
      for (Path path : (Iterable<Path>) old::iterator) {
        Files.delete(path);
      }
    }
    Path file = trial.resolve("outbox.db");
    Path simple = folder.resolve("simple.db");
    Files.write(file, damaged);
    Files.write(simple, damaged);
    Set<UUID> before = oneQuery(simple);

    tally.damages++;
    tally.waiting += original.waiting.size();
    Map<UUID, byte[]> sent = new HashMap<>();
    Outbox.Status status;
    boolean works = false;
    try (Outbox outbox = open(file)) {
      try {
        for (Outbox.Entry entry : outbox.pending(10_000)) {
          byte[] payload = outbox.payload(entry);
          if (payload != null) {
            sent.put(entry.id(), payload);
          }
        }
      } catch (OutboxUnavailableException damageMetLater) {
        sent.clear();
        for (Outbox.Entry entry : outbox.pending(10_000)) {
          byte[] payload = outbox.payload(entry);
          if (payload != null) {
            sent.put(entry.id(), payload);
          }
        }
      }
      status = outbox.status();
      UUID next = UUID.randomUUID();
      long number = outbox.nextSequence();
      works =
          number > 0
              && number < 1 << 20
              && outbox
                  .append(List.of(new Draft(next, 1, sequence -> new byte[] {(byte) sequence})))
                  .accepted()
                  .contains(next)
              && outbox.nextSequence() == number + 1;
      outbox.delete(sent.keySet());
      outbox.delete(List.of(next));
      works &= outbox.pending(10).isEmpty() && outbox.status().depth() == 0;
    } catch (OutboxUnavailableException e) {
      status = new Outbox.Status("", false, 0, 0, 0, null, 0, "");
      System.out.println(kind + ": " + e.getMessage());
    } catch (RuntimeException | Error e) {
      tally.endedProcesses++;
      System.out.println(kind + ": " + e);
      return;
    }
    tally.stuck += works ? 0 : 1;
    boolean said = !status.damage().isEmpty();
    tally.noticed += said ? 1 : 0;
    int missing = 0;
    for (Map.Entry<UUID, byte[]> waiting : original.waiting.entrySet()) {
      boolean untouched =
          isUntouched(
              original.places.getOrDefault(waiting.getKey(), List.of()), original.file, damaged);
      boolean there = sent.containsKey(waiting.getKey());
      tally.undamaged += untouched ? 1 : 0;
      tally.undamagedLost += untouched && !there ? 1 : 0;
      tally.carried += there ? 1 : 0;
      tally.carriedBefore += before.contains(waiting.getKey()) ? 1 : 0;
      missing += there ? 0 : 1;
    }
    tally.unsaid += said ? 0 : missing;
    for (Map.Entry<UUID, byte[]> one : sent.entrySet()) {
      if (!Arrays.equals(original.known.get(one.getKey()), one.getValue())) {
        tally.silentChanges++;
      } else if (!original.waiting.containsKey(one.getKey())) {
        tally.sentAgain++;
      }
    }
  }

  @Test
  void noDamageEndsTheAgentOrHidesAnIntactIncident() throws Exception {
    long seed = Long.getLong("stopline.seed", 20261129L);
    Random random = new Random(seed);
    int damages = ALL ? 2000 : 36;
    Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
    Tally all = new Tally();
    Original original = original(random);
    for (int i = 0; i < damages; i++) {
      Kind kind = Kind.values()[i % Kind.values().length];
      if (i % 200 == 199) {
        original = original(random);
      }
      damageOnce(original, kind, random, tallies.computeIfAbsent(kind, k -> new Tally()));
    }
    tallies.forEach((kind, tally) -> System.out.printf("outbox, %-14s %s%n", kind, tally));
    tallies.values().forEach(all::add);
    FaultTable.add(
        "outbox",
        damages + " random damages",
        "one byte ends every start; a cut file gives nothing",
        "%s (seed %d)".formatted(all, seed));
    assertThat(all.endedProcesses).isZero();
    assertThat(all.undamagedLost).isZero();
    assertThat(all.silentChanges).isZero();
    assertThat(all.unsaid).isZero();
    assertThat(all.stuck).isZero();
    assertThat(all.carried).isGreaterThan(all.carriedBefore);
  }

  /** One value of a closed file, changed as a stray write would change it. */
  private static void change(Path file, String sql) throws SQLException {
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = db.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @Test
  void aDamagedNumberCostsNothingButTheNumber() throws Exception {
    Path file = folder.resolve("outbox.db");
    for (String damage :
        List.of(
            "UPDATE meta SET value = replace(value, ' ', 'x') WHERE name = 'counter'",
            "UPDATE meta SET value = '9' || value WHERE name = 'counter'",
            "UPDATE meta SET value = 9007199254740991 WHERE name = 'counter'",
            "UPDATE meta SET name = 'countes' WHERE name = 'counter'",
            "INSERT OR REPLACE INTO meta VALUES ('sequence', '4x'), ('counter', '')")) {
      UUID id = UUID.randomUUID();
      try (Outbox outbox = open(file)) {
        outbox.append(List.of(new Draft(id, 10, sequence -> new byte[10])));
      }
      change(file, damage);
      try (Outbox outbox = open(file)) {
        assertThat(outbox.status().fault()).as(damage).isNull();
        assertThat(outbox.pending(10)).extracting(Outbox.Entry::id).as(damage).contains(id);
        assertThat(outbox.nextSequence()).as(damage).isEqualTo(1);
        outbox.append(List.of(new Draft(UUID.randomUUID(), 10, sequence -> new byte[10])));
        outbox.delete(outbox.pending(10).stream().map(Outbox.Entry::id).toList());
      }
    }
    FaultTable.add(
        "outbox",
        "a damaged sequence number",
        "the agent ends at every start",
        "opened, what waits is sent, counting begins anew");
  }

  @Test
  void damageThatShowsWhileTheFileIsInUseIsSetAsideAndNoNumberComesTwice() throws Exception {
    Path file = folder.resolve("outbox.db");
    try (Outbox outbox = open(file)) {
      List<UUID> ids = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        List<Draft> drafts = new ArrayList<>();
        for (int j = 0; j < 200; j++) {
          UUID id = UUID.randomUUID();
          ids.add(id);
          drafts.add(new Draft(id, 1, sequence -> new byte[500]));
        }
        outbox.append(drafts);
      }
      long number = outbox.firstSequence();
      // Behind the open file's back; its pages are too many for SQLite to remember all.
      try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
        for (long page = 1; page < raw.length() / PAGE; page++) {
          raw.seek(page * PAGE);
          int kind = raw.read();
          if (kind == 13 || kind == 10 || kind == 5 || kind == 2) {
            raw.seek(page * PAGE);
            raw.write(new byte[8]);
          }
        }
      }
      Set<UUID> sent = new HashSet<>();
      int setAside = 0;
      for (int attempt = 0; attempt < 3 && !sent.containsAll(ids); attempt++) {
        try {
          for (Outbox.Entry entry : outbox.pending(10_000)) {
            if (outbox.payload(entry) != null) {
              sent.add(entry.id());
            }
          }
          UUID more = UUID.randomUUID();
          outbox.append(List.of(new Draft(more, 1, sequence -> new byte[] {1})));
          outbox.delete(List.of(more));
        } catch (OutboxUnavailableException e) {
          assertThat(e).hasMessageContaining("set aside");
          setAside++;
        }
      }
      assertThat(setAside).isPositive();
      assertThat(outbox.status().damage()).contains("was set aside as outbox.db.corrupt-");
      assertThat(sent).containsAll(ids);
      assertThat(outbox.nextSequence()).isGreaterThanOrEqualTo(number);
    }
  }

  @Test
  void aSalvageWithoutRoomGoesOnAsRoomIsMade() throws Exception {
    try (SmallDisk disk = SmallDisk.tmpfs(folder.resolve("disk"), "size=8m")) {
      Path file = disk.folder().resolve("outbox.db");
      Set<UUID> ids = new HashSet<>();
      try (Outbox outbox = open(file)) {
        for (int i = 0; i < 100; i++) {
          UUID id = UUID.randomUUID();
          ids.add(id);
          outbox.append(List.of(new Draft(id, 1, sequence -> new byte[60_000])));
        }
      }
      try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
        raw.seek(100);
        raw.write(new byte[8]);
      }
      Set<UUID> sent = new HashSet<>();
      try (Outbox outbox = open(file)) {
        // The damaged file takes 6 of 8 MiB.
        assertThat(outbox.status().depth()).isBetween(1L, 60L);
        assertThat(outbox.status().damage()).contains("wait there for room");
        assertThat(outbox.status().left() + outbox.status().depth()).isEqualTo(100);
        for (int round = 0; round < 100 && !outbox.pending(1).isEmpty(); round++) {
          List<UUID> some = outbox.pending(4).stream().map(Outbox.Entry::id).toList();
          sent.addAll(some);
          outbox.delete(some);
        }
        assertThat(outbox.status().damage()).contains("100 incidents were carried over");
      }
      assertThat(sent).isEqualTo(ids);
    }
  }

  @Test
  void aFileOfTheFirstFormatWithItsWriteAheadLogIsTakenOver() throws Exception {
    Path file = folder.resolve("outbox.db");
    byte[] payload = "an incident".getBytes(StandardCharsets.US_ASCII);
    UUID id = UUID.randomUUID();
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = db.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.executeUpdate(
          "CREATE TABLE IF NOT EXISTS incident (row INTEGER PRIMARY KEY AUTOINCREMENT,"
              + " id TEXT NOT NULL UNIQUE, payload BLOB NOT NULL, crc INTEGER NOT NULL,"
              + " refused TEXT)");
      statement.executeUpdate(
          "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
      statement.executeUpdate(
          "INSERT INTO incident(id, payload, crc) VALUES ('"
              + id
              + "', CAST('an incident' AS BLOB), "
              + Checksum.plain(payload)
              + ")");
      statement.executeUpdate("INSERT INTO meta VALUES ('format', '1'), ('sequence', '7')");
      // As after kill -9: the log was not put into the file.
      Path killed = Files.createDirectories(folder.resolve("killed"));
      Files.copy(file, killed.resolve("outbox.db"));
      Files.copy(folder.resolve("outbox.db-wal"), killed.resolve("outbox.db-wal"));
    }
    for (Path old : List.of(file, folder.resolve("killed/outbox.db"))) {
      try (Outbox outbox = open(old)) {
        assertThat(outbox.status().damage()).isEmpty();
        assertThat(outbox.payload(outbox.pending(1).get(0))).isEqualTo(payload);
        assertThat(outbox.nextSequence()).isEqualTo(8);
        assertThat(Files.exists(old.resolveSibling("outbox.db-wal"))).isFalse();
      }
    }
  }

  @Test
  void onlyTheOwnerMayReadWhatIsStored() throws Exception {
    Path file = folder.resolve("state/outbox.db");
    try (Outbox outbox = open(file)) {
      outbox.append(List.of(new Draft(UUID.randomUUID(), 1, sequence -> new byte[9000])));
    }
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(100);
      raw.write(new byte[8]);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (Outbox outbox = open(file)) {
      assertThat(outbox.status().depth()).isEqualTo(1);
      try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
        for (Path one : (Iterable<Path>) files::iterator) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
              .as(one.toString())
              .isEqualTo(Files.isDirectory(one) ? "rwx------" : "rw-------");
        }
      }
    }
  }
}
