package io.stopline.fleet.internal.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.fleet.internal.store.IncidentQueries.Filter;
import io.stopline.fleet.internal.store.IncidentStore.Latest;
import io.stopline.fleet.internal.store.IncidentStore.LatestMessage;
import io.stopline.fleet.internal.store.IncidentStore.NewIncident;
import io.stopline.testing.FaultTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Databases damaged at random: bits flipped, sectors and pages overwritten, files cut. No damage
 * may keep the store from opening, hide a row that it did not touch, or change one silently. 40
 * damages in every build; 2,000 with {@code -Dstopline.faults=all}.
 */
@Timeout(1200)
@Tag("faults")
class DamagedStoreTest {

  private static final int PAGE = 4096;
  private static final int INCIDENTS = 40;
  private static final int REVIEWED = 12;
  // Pages that one insertion writes at most.
  private static final int TRANSACTION = 16;

  @TempDir Path folder;

  private final List<StoredIncident> incidents = new ArrayList<>();
  private final Map<Long, String> messages = new HashMap<>();
  private final Map<Long, List<Review>> reviews = new HashMap<>();

  /** What is done to a file. */
  private enum Damage {
    FLIPS,
    SECTOR,
    ZEROED_PAGE,
    CUT
  }

  private static final class Counts {
    private int damages;
    private int ended;
    private int hidden;
    private int silent;
    private int unlisted;
    private int untold;
    private int salvaged;
    private long carried;
    private long total;

    @Override
    public String toString() {
      return String.format(
          "damages %d, process ended %d, undamaged rows hidden %d, silent changes %d, damaged rows"
              + " gone without a trace %d, lost decisions not told %d; salvaged %d times, carried over whole"
              + " %.2f %% of the incidents",
          damages, ended, hidden, silent, unlisted, untold, salvaged, 100.0 * carried / total);
    }
  }

  @Test
  void noDamageStopsTheStoreOrHidesAnUntouchedRowOrChangesOneSilently() throws Exception {
    Path closed = Files.createDirectories(folder.resolve("closed"));
    Path killed = Files.createDirectories(folder.resolve("killed"));
    fill(closed, killed);
    int trials = FaultTable.inFull() ? 2000 : 40;
    long seed = Long.getLong("stopline.faults.seed", 14);
    Map<Damage, Counts> byDamage = new HashMap<>();
    Counts all = new Counts();
    for (int trial = 0; trial < trials; trial++) {
      Random random = new Random(((seed << 32) | trial) * 0x9E3779B97F4A7C15L);
      Damage damage = Damage.values()[random.nextInt(Damage.values().length)];
      trial(
          random.nextInt(3) == 0 ? killed : closed,
          damage,
          random,
          seed + "/" + trial,
          all,
          byDamage.computeIfAbsent(damage, d -> new Counts()));
    }
    for (Damage damage : Damage.values()) {
      System.out.println("INCIDENT DATABASE " + damage + ": " + byDamage.get(damage));
    }
    FaultTable.add(
        "monitor",
        trials + " random damages of the database",
        "162 of 300 single bits change an incident silently",
        "seed " + seed + ": " + all);
    assertThat(all.ended).as("ended").isZero();
    assertThat(all.hidden).as("hidden").isZero();
    assertThat(all.silent).as("silent").isZero();
    assertThat(all.untold).as("untold").isZero();
  }

  private void fill(Path closed, Path killed) throws Exception {
    Path file = closed.resolve("incidents.db");
    Random random = new Random(7);
    try (IncidentStore store = IncidentStore.open(file, Clock.systemUTC())) {
      for (int i = 1; i <= INCIDENTS; i++) {
        String device = "car-" + i % 3;
        UUID id = new UUID(random.nextLong(), random.nextLong());
        UUID session = new UUID(5, i % 3);
        store.insert(
            List.of(
                new NewIncident(
                    device,
                    id,
                    session,
                    i,
                    "{\"device\":\"" + device + "\"," + filler(i, 600, random) + "}",
                    "{" + filler(i, 1500 + random.nextInt(12_000), random) + "}")));
        store.keepLatest(
            List.of(
                new LatestMessage(
                    device, Latest.HEALTH, "{\"n\":" + i + "}", session, 0L, i + 1L)));
        if (i <= REVIEWED) {
          store.addReview(
              i, new Review(Review.Verdict.CONFIRMED, "reason " + i, "Ada", Instant.now()), 0);
        }
        if (i == INCIDENTS - 8) {
          // From here on the log is kept, as after a kill.
          checkpoint(store);
        }
      }
      for (StoredIncident incident : store.queries().latest(Filter.ALL, Long.MAX_VALUE, 500)) {
        incidents.add(incident);
        messages.put(incident.key(), store.message(incident.key()).orElseThrow());
        reviews.put(incident.key(), store.reviews(incident.key()));
      }
      for (String name : List.of("incidents.db", "incidents.db-wal")) {
        Files.copy(closed.resolve(name), killed.resolve(name));
      }
    }
    assertThat(incidents).hasSize(INCIDENTS).allMatch(i -> i.damage() == null);
  }

  private static void checkpoint(IncidentStore store) throws Exception {
    java.lang.reflect.Field field = IncidentStore.class.getDeclaredField("database");
    field.setAccessible(true);
    List<Integer> unused =
        ((Database) field.get(store)).read("PRAGMA wal_checkpoint(TRUNCATE)", row -> row.getInt(1));
  }

  /** Text that names its incident so often that every page of it does. */
  private static String filler(int incident, int length, Random random) {
    StringBuilder text = new StringBuilder("\"t\":\"");
    while (text.length() < length) {
      text.append('<').append(incident).append('>').append(random.nextInt(100_000, 1_000_000));
    }
    return text.append('"').toString();
  }

  private void trial(Path from, Damage damage, Random random, String name, Counts all, Counts some)
      throws IOException {
    Path at = Files.createDirectories(folder.resolve("trial"));
    clear(at);
    List<Path> files;
    try (Stream<Path> list = Files.list(from)) {
      files = list.sorted().toList();
    }
    for (Path file : files) {
      Files.copy(file, at.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
    Path victim = at.resolve(files.get(random.nextInt(files.size())).getFileName());
    byte[] before = Files.readAllBytes(victim);
    byte[] after = before.clone();
    int flips = 0;
    switch (damage) {
      case FLIPS -> {
        flips = 1 + random.nextInt(3);
        for (int i = 0; i < flips; i++) {
          after[random.nextInt(after.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case SECTOR -> {
        byte[] sector = new byte[512];
        random.nextBytes(sector);
        int start = 512 * random.nextInt(after.length / 512);
        System.arraycopy(sector, 0, after, start, 512);
      }
      case ZEROED_PAGE -> {
        int start = PAGE * random.nextInt(after.length / PAGE);
        Arrays.fill(after, start, start + PAGE, (byte) 0);
      }
      case CUT -> after = Arrays.copyOf(after, random.nextInt(after.length));
    }
    Files.write(victim, after);
    Set<Long> touched = touched(before, after, flips > 0);

    Counts counts = new Counts();
    counts.damages = 1;
    counts.total = INCIDENTS;
    try (IncidentStore store = IncidentStore.open(at.resolve("incidents.db"), Clock.systemUTC())) {
      int notWhole = judge(store, counts, touched);
      if (flips > 0) {
        counts.hidden = Math.max(0, notWhole - flips);
      }
      store.insert(
          List.of(new NewIncident("car-9", UUID.randomUUID(), UUID.randomUUID(), 1, "{}", "{}")));
      assertThat(store.devices()).extracting(DeviceRecord::device).contains("car-9");
      assertThat(store.queries().latest(Filter.ALL, Long.MAX_VALUE, 500))
          .anyMatch(i -> i.device().equals("car-9") && i.damage() == null);
    } catch (StoreException | RuntimeException | AssertionError e) {
      System.out.println(
          "ended by " + damage + " " + name + " of " + victim.getFileName() + ": " + e);
      counts.ended++;
    }
    try (IncidentStore again = IncidentStore.open(at.resolve("incidents.db"), Clock.systemUTC())) {
      if (!again.warnings().isEmpty()) {
        System.out.println(name + ": salvaged again: " + again.warnings());
        counts.ended++;
      }
    } catch (StoreException e) {
      counts.ended++;
    }
    if (counts.hidden + counts.silent + counts.untold > 0) {
      System.out.println(damage + " " + name + " of " + victim.getFileName() + ": " + counts);
    }
    for (Counts sum : List.of(all, some)) {
      sum.damages += counts.damages;
      sum.ended += counts.ended;
      sum.hidden += counts.hidden;
      sum.silent += counts.silent;
      sum.unlisted += counts.unlisted;
      sum.untold += counts.untold;
      sum.salvaged += counts.salvaged;
      sum.carried += counts.carried;
      sum.total += counts.total;
    }
  }

  /** How many incidents are not whole any more. */
  private int judge(IncidentStore store, Counts counts, Set<Long> touched) throws StoreException {
    Map<Long, StoredIncident> listed = new HashMap<>();
    store.queries().latest(Filter.ALL, Long.MAX_VALUE, 500).forEach(i -> listed.put(i.key(), i));
    boolean told = !store.warnings().isEmpty();
    counts.salvaged += told ? 1 : 0;
    int notWhole = 0;
    for (StoredIncident original : incidents) {
      long key = original.key();
      StoredIncident shown = listed.get(key);
      Optional<StoredIncident> opened = store.find(key);
      if (shown == null || opened.isEmpty()) {
        notWhole++;
        counts.unlisted++;
        counts.hidden += touched.contains(key) ? 0 : 1;
        continue;
      }
      boolean decisionGone =
          !store.reviews(key).equals(reviews.getOrDefault(key, List.of()))
              || opened.get().version() != original.version();
      if (decisionGone && !reviews.getOrDefault(key, List.of()).containsAll(store.reviews(key))) {
        counts.silent++;
      }
      if (decisionGone && shown.damage() == null && !told) {
        counts.untold++;
      }
      if (shown.damage() == null && !facts(shown).equals(facts(original))) {
        counts.silent++;
      }
      if (opened.get().damage() == null) {
        if (!store.message(key).equals(Optional.of(messages.getOrDefault(key, "")))) {
          counts.silent++;
        }
        counts.carried++;
      } else {
        boolean own = !opened.get().damage().contains("decision");
        notWhole += own ? 1 : 0;
        counts.hidden += touched.contains(key) || !own ? 0 : 1;
      }
    }
    return notWhole;
  }

  private static List<Object> facts(StoredIncident incident) {
    return List.of(
        incident.key(),
        incident.device(),
        incident.id(),
        incident.receivedAt(),
        incident.summary());
  }

  /** Incidents of which something lies on a page that is not as it was; all, of flipped bits. */
  private Set<Long> touched(byte[] before, byte[] after, boolean everything) {
    Set<Long> touched = new HashSet<>();
    for (int start = 0; start < before.length; start += PAGE) {
      int end = Math.min(before.length, start + PAGE);
      if (end > after.length || !Arrays.equals(before, start, end, after, start, end)) {
        // A log's pages do not begin where the file's do, and a cut takes the whole transaction.
        int from = Math.max(0, start - (end > after.length ? TRANSACTION : 1) * PAGE);
        String page =
            new String(before, from, Math.min(before.length, end + PAGE) - from, ISO_8859_1);
        for (StoredIncident incident : incidents) {
          if (everything || page.contains("<" + incident.key() + ">")) {
            touched.add(incident.key());
          }
        }
      }
    }
    return touched;
  }

  private static void clear(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
