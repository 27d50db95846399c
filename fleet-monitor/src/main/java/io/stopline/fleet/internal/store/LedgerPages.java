package io.stopline.fleet.internal.store;

import io.stopline.fleet.internal.store.RecordCarver.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ledger as it lies in pages that nobody believes. */
final class LedgerPages {

  private static final List<Kind> COLUMNS =
      List.of(Kind.KEY, Kind.INTEGER, Kind.INTEGER, Kind.INTEGER, Kind.INTEGER, Kind.SUM);

  private LedgerPages() {}

  /**
   * Whether the log holds committed incidents or decisions that SQLite would drop without a word:
   * it gives a log up at its first damaged frame.
   */
  static boolean isLogBroken(StoreFile file) throws IOException {
    if (!Files.exists(file.log()) || Files.size(file.log()) == 0 || !Files.exists(file.main())) {
      return false;
    }
    try (DamagedPages pages = new DamagedPages(file)) {
      RecordCarver carver = new RecordCarver(pages, false);
      Ledger all = null;
      Ledger ofSqlite = null;
      for (int number : pages.logged()) {
        all = newest(carver, pages.page(number, false), all);
        ofSqlite = newest(carver, pages.pageOfSqlite(number), ofSqlite);
      }
      return all != null && (ofSqlite == null || isNewer(all, ofSqlite));
    }
  }

  /** The newer of a known one and those on a page. */
  static @Nullable Ledger newest(RecordCarver carver, byte[] page, @Nullable Ledger known)
      throws IOException {
    @Nullable Ledger[] newest = {known};
    carver.carve(
        page,
        COLUMNS,
        row -> {
          @Nullable Object[] values = row.values();
          if (values[1] instanceof Long token
              && values[2] instanceof Long firstKey
              && values[3] instanceof Long lastKey
              && values[4] instanceof Long lastReview
              && values[5] instanceof byte[] sum
              && Arrays.equals(
                  sum, Sealed.LEDGER.sum(row.key(), token, firstKey, lastKey, lastReview))) {
            Ledger found = new Ledger(token, firstKey, lastKey, lastReview);
            if (newest[0] == null || isNewer(found, newest[0])) {
              newest[0] = found;
            }
          }
        });
    return newest[0];
  }

  private static boolean isNewer(Ledger one, Ledger other) {
    return one.lastKey() > other.lastKey() || one.lastReview() > other.lastReview();
  }
}
