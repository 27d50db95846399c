package io.stopline.fleet.internal.ingest;

import io.stopline.fleet.internal.store.Rejection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Refused messages since they were last written down: equal ones are one entry with a count, and a
 * device gets a few entries only, so that many refusals cost one commit. Safe for use by many
 * threads.
 */
final class RefusedMessages {

  private static final int MAX_REASONS = 8;
  private static final int MAX_REASON = 500;
  private static final String OTHERS = "for other reasons, of which there are too many";

  private record Key(String device, String kind, String reason) {}

  private final Map<Key, Long> counts = new LinkedHashMap<>();
  private final Map<String, Integer> reasons = new HashMap<>();

  /** Adds one. */
  synchronized void add(String device, String kind, String reason) {
    String shown = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason;
    Key key = new Key(device, kind, shown);
    if (!counts.containsKey(key) && reasons.merge(device, 1, Integer::sum) > MAX_REASONS) {
      key = new Key(device, "message", OTHERS);
    }
    counts.merge(key, 1L, Long::sum);
  }

  /** Takes out all. */
  synchronized List<Rejection.Counted> drain() {
    List<Rejection.Counted> all = new ArrayList<>();
    counts.forEach(
        (key, count) ->
            all.add(new Rejection.Counted(key.device(), key.kind(), key.reason(), count)));
    counts.clear();
    reasons.clear();
    return all;
  }

  synchronized boolean isEmpty() {
    return counts.isEmpty();
  }
}
