package io.stopline.fleet.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stopline.fleet.internal.store.IncidentQueries.Filter;
import io.stopline.fleet.internal.store.IncidentStore.Insertion;
import io.stopline.fleet.internal.store.IncidentStore.Latest;
import io.stopline.fleet.internal.store.IncidentStore.LatestMessage;
import io.stopline.fleet.internal.store.IncidentStore.NewIncident;
import io.stopline.testing.SmallDisk;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The database of the monitor: what it keeps, from whom, and what it says of what it cannot. */
@Timeout(120)
class IncidentStoreTest {

  private static final UUID SESSION = new UUID(1, 2);

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("incidents.db");
  }

  private static IncidentStore open(Path file) throws StoreException {
    return IncidentStore.open(file, Clock.systemUTC());
  }

  private static NewIncident incident(long sequence, int bytes) {
    return new NewIncident(
        "car-1",
        UUID.randomUUID(),
        SESSION,
        sequence,
        "{\"device\":\"car-1\"}",
        "{\"text\":\"" + "x".repeat(bytes) + "\"}");
  }

  private static Review review(String reason) {
    return new Review(Review.Verdict.CONFIRMED, reason, "Ada", Instant.now());
  }

  private void sql(String... statements) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void ofTwoReviewersTheSecondHearsOfTheFirst() throws Exception {
    try (IncidentStore store = open(file)) {
      long key = store.insert(List.of(incident(1, 10))).get(0).key();
      ExecutorService reviewers = Executors.newFixedThreadPool(8);
      List<Callable<ReviewOutcome>> decisions = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Review review = review("reason " + i);
        decisions.add(() -> store.addReview(key, review, 0));
      }
      List<ReviewOutcome> outcomes = new ArrayList<>();
      for (Future<ReviewOutcome> outcome : reviewers.invokeAll(decisions)) {
        outcomes.add(outcome.get());
      }
      reviewers.shutdown();

      assertThat(outcomes)
          .containsOnlyOnce(ReviewOutcome.ADDED)
          .containsOnly(ReviewOutcome.ADDED, ReviewOutcome.OVERTAKEN);
      assertThat(store.reviews(key)).hasSize(1);
      long version = store.find(key).orElseThrow().version();
      assertThat(store.addReview(key, review("again"), version)).isEqualTo(ReviewOutcome.ADDED);
      assertThat(store.addReview(99, review("nothing"), 0))
          .isEqualTo(ReviewOutcome.NO_SUCH_INCIDENT);
    }
  }

  @Test
  void allFilesAreTheirOwnersAlone() throws Exception {
    assumeTrue(
        file.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "no POSIX modes here");
    open(file).close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (IncidentStore store = open(file)) {
      store.insert(List.of(incident(1, 10)));
      assertThat(modes()).hasSize(3).containsOnly("rw-------");
    }
    Files.write(file, new byte[5000]);
    try (IncidentStore store = open(file)) {
      assertThat(store.warnings()).hasSize(1);
      assertThat(modes()).hasSize(4).containsOnly("rw-------");
    }
  }

  private List<String> modes() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> modes = new ArrayList<>();
      for (Path path : files.toList()) {
        modes.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      }
      return modes;
    }
  }

  @Test
  void aDamagedRowIsShownAsDamagedAndTheOthersAsTheyAre() throws Exception {
    try (IncidentStore store = open(file)) {
      for (int i = 1; i <= 6; i++) {
        store.insert(List.of(incident(i, 5000)));
      }
      store.addReview(4, review("sound"), 0);
      store.addReview(5, review("to be damaged"), 0);
      store.keepLatest(
          List.of(new LatestMessage("car-1", Latest.BIRTH, "{\"a\":1}", SESSION, 1L, null)));
    }
    sql(
        "UPDATE incident SET summary = '{\"device\":\"car-7\"}' WHERE key = 1",
        "UPDATE incident SET message = replace(message, 'xxxx', 'xxyx') WHERE key = 2",
        "UPDATE incident SET received_at = 'yesterday', id = id || 'x' WHERE key = 3",
        "DROP TRIGGER review_stand",
        "UPDATE review SET verdict = 'DISMISSED' WHERE incident = 5",
        "UPDATE device SET birth = '{\"a\":2}'",
        "CREATE TRIGGER review_stand BEFORE UPDATE ON review\n"
            + "  BEGIN SELECT RAISE(ABORT, 'reviews are not changed'); END");
    try (IncidentStore store = open(file)) {
      assertThat(store.warnings()).isEmpty();
      List<StoredIncident> all = store.queries().latest(Filter.ALL, Long.MAX_VALUE, 10);
      assertThat(all).extracting(StoredIncident::key).containsExactly(6L, 5L, 4L, 3L, 2L, 1L);
      assertThat(all.get(5).damage()).isEqualTo("the stored row is damaged");
      assertThat(all.get(5).summary()).isEqualTo("{}");
      assertThat(all.get(3).damage()).isEqualTo("the stored row is damaged");
      assertThat(all.get(1).damage()).isEqualTo("its latest decision is damaged");
      assertThat(all.get(1).review()).isNull();
      assertThat(all.get(2).damage()).isNull();
      assertThat(all.get(0).damage()).isNull();
      assertThat(store.find(2).orElseThrow().damage()).isEqualTo("its message is damaged");
      assertThat(store.message(2)).isEmpty();
      assertThat(store.reviews(5)).isEmpty();
      assertThat(store.message(6)).isPresent();
      DeviceRecord device = store.devices().get(0);
      assertThat(device.damaged()).isTrue();
      assertThat(device.birth()).isNull();
      // A decision about what is left is possible, and puts the incident in order again.
      assertThat(store.addReview(5, review("anew"), all.get(1).version()))
          .isEqualTo(ReviewOutcome.ADDED);
      assertThat(store.find(5).orElseThrow().damage()).isNull();
    }
  }

  @Test
  void aFileOfTheFirstVersionGetsChecksumsAndIsSalvagedWithoutThem() throws Exception {
    UUID id = UUID.randomUUID();
    sql(Schema.FIRST.toArray(new String[0]));
    for (int i = 1; i <= 120; i++) {
      sql(
          "INSERT INTO incident (device, id, session, sequence, received_at, summary, message)"
              + " VALUES ('car-1', '"
              + (i == 7 ? id : UUID.randomUUID())
              + "', '"
              + SESSION
              + "', "
              + i
              + ", '2026-01-02T03:04:05Z', '{\"device\":\"car-1\"}', '{\"n\":"
              + i
              + "}')");
    }
    sql(
        "INSERT INTO review (incident, verdict, reason, reviewer, at) VALUES"
            + " (7, 'CONFIRMED', 'stickers', 'Ada', '2026-01-02T03:05:05Z')",
        "INSERT INTO device VALUES ('car-1', '{}', NULL, NULL, '2026-01-02T03:04:05Z', 3)",
        "INSERT INTO session VALUES ('car-1', '" + SESSION + "', 1, 121, '2026-01-02T03:04:05Z')",
        "INSERT INTO rejection (at, device, kind, reason) VALUES"
            + " ('2026-01-02T03:04:05Z', 'car-1', 'incident', 'bad')");
    Path damaged = folder.resolve("damaged.db");
    Files.copy(file, damaged);

    for (int start = 0; start < 2; start++) {
      try (IncidentStore store = open(file)) {
        assertThat(store.warnings()).isEmpty();
        assertThat(store.queries().latest(Filter.ALL, Long.MAX_VALUE, 500))
            .hasSize(120)
            .allMatch(incident -> incident.damage() == null);
        assertThat(store.find(id).get(0).review()).isNotNull();
        assertThat(store.devices().get(0).rejected()).isEqualTo(3);
        assertThat(store.devices().get(0).damaged()).isFalse();
        assertThat(store.rejections(5).get(0).reason()).isEqualTo("bad");
      }
    }
    sql("UPDATE incident SET sum = NULL WHERE key = 3");
    try (IncidentStore store = open(file)) {
      assertThat(store.find(3).orElseThrow().damage()).isEqualTo("the stored row is damaged");
      assertThat(store.insert(List.of(incident(121, 10))).get(0).key()).isEqualTo(121);
    }

    try (RandomAccessFile raw = new RandomAccessFile(damaged.toFile(), "rw")) {
      raw.seek(4096);
      raw.write(new byte[4096]);
    }
    try (IncidentStore store = open(damaged)) {
      assertThat(store.warnings().get(0)).contains("carried over are 120 incidents");
      assertThat(store.find(id).get(0).review()).isNotNull();
      assertThat(store.devices().get(0).rejected()).isEqualTo(3);
    }
  }

  @Test
  void damageToAnOpenFileIsSalvagedWithoutARestart() throws Exception {
    try (IncidentStore store = open(file)) {
      for (int i = 1; i <= 300; i++) {
        store.insert(List.of(incident(i, 15_000)));
      }
      // The main file holds what the log was copied to, and the cache not all of it.
      long zeroed = 0;
      try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
        for (long at = 40 * 4096L; at < raw.length() / 2; at += 4096) {
          raw.seek(at);
          if (raw.read() == 0x0d) {
            raw.seek(at);
            raw.write(new byte[4096]);
            zeroed++;
          }
        }
      }
      assertThat(zeroed).isPositive();
      for (int i = 1; i <= 300; i++) {
        assertThat(store.find(i)).as("incident %d", i).isPresent();
      }
      assertThat(store.warnings()).hasSize(1);
      assertThat(store.warnings().get(0)).contains("only the number is left");
      assertThat(store.queries().latest(Filter.ALL, Long.MAX_VALUE, 500)).hasSize(300);
      assertThat(store.insert(List.of(incident(301, 10))).get(0))
          .isEqualTo(new Insertion(301, true));
    }
  }

  @Test
  void onAFullDiskEachWriteIsWhatItIsSaidToBeAndReadsGoOn() throws Exception {
    Set<UUID> kept = new HashSet<>();
    Set<UUID> refused = new HashSet<>();
    try (SmallDisk disk = SmallDisk.tmpfs(folder.resolve("disk"), "size=16m")) {
      file = disk.folder().resolve("incidents.db");
      try (IncidentStore store = open(file)) {
        for (int round = 0; round < 5; round++) {
          for (int i = 0; i < 30; i++) {
            if (i == 10) {
              disk.fill();
            }
            if (i == 25) {
              disk.free();
            }
            NewIncident incident = incident(i, 2000);
            try {
              store.insert(List.of(incident));
              kept.add(incident.id());
            } catch (StoreException e) {
              assertThat(e).hasMessageContaining("the disk is full");
              assertThat(store.problem()).contains("the disk is full");
              refused.add(incident.id());
            }
            assertThat(store.find(incident.id())).hasSize(kept.contains(incident.id()) ? 1 : 0);
          }
          assertThat(store.problem()).isNull();
        }
      }
      assertThat(refused).hasSizeGreaterThan(20);
      try (IncidentStore store = open(file)) {
        List<UUID> stored =
            store.queries().latest(Filter.ALL, Long.MAX_VALUE, 500).stream()
                .map(StoredIncident::id)
                .toList();
        assertThat(stored).containsExactlyInAnyOrderElementsOf(kept);
      }
    }
  }

  @Test
  void whatIsNoDatabaseFolderIsToldWithItsCure() {
    assertThatThrownBy(() -> open(folder.resolve("missing/incidents.db")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("missing")
        .hasMessageContaining("check");
  }
}
