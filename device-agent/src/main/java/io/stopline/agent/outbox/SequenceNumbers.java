package io.stopline.agent.outbox;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a session's incidents. They only grow, whatever a file says that is opened in the
 * midst of the session. Thread-safe; never waits for the disk.
 */
final class SequenceNumbers {

  /** The wire has no room for more (2⁵³ − 1); a number near it is a damaged one. */
  private static final long LARGEST = 1L << 52;

  /**
   * Where a file stands.
   *
   * @param last number that was given away
   * @param session by which
   */
  record Stored(long last, String session) {

    /** The form in which it is kept: number, session, checksum. */
    String text() {
      String body = last + " " + session;
      return body + " " + sum(body);
    }

    /** Reads {@link #text}; null if it is damaged or missing. */
    static @Nullable Stored parse(@Nullable String text) {
      if (text == null || !text.matches("[0-9]{1,16} [0-9a-f-]{36} [0-9a-f]{8}")) {
        return null;
      }
      String body = text.substring(0, text.length() - 9);
      int space = body.indexOf(' ');
      long last = Long.parseLong(body.substring(0, space));
      return text.endsWith(sum(body)) && last < LARGEST
          ? new Stored(last, body.substring(space + 1))
          : null;
    }

    /** As the first format kept it, without a checksum; null if it cannot be. */
    static @Nullable Stored parse(@Nullable String last, @Nullable String session) {
      return last != null && last.matches("[0-9]{1,15}")
          ? new Stored(Long.parseLong(last), session == null ? "" : session)
          : null;
    }

    private static String sum(String body) {
      return "%08x".formatted(Checksum.plain(body.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  private final String session;
  private long next = 1;
  private boolean given;

  SequenceNumbers(UUID session) {
    this.session = session.toString();
  }

  /** The number that the next incident gets. */
  synchronized long next() {
    return next;
  }

  /** The same, told to others: from now on no file of an earlier session changes it. */
  synchronized long tell() {
    given = true;
    return next;
  }

  /** All below this one are given away. */
  synchronized void advance(long to) {
    given = true;
    next = Math.max(next, to);
  }

  /**
   * Goes on behind what a file holds. A commit that was reported as failed may have reached the
   * disk all the same, so the session's own number counts at any time.
   */
  synchronized void adopt(Stored stored) {
    if (!given || stored.session().equals(session)) {
      next = Math.max(next, stored.last() + 1);
    }
  }

  /** What to store once all below this number are given away. */
  Stored stored(long nextNumber) {
    return new Stored(nextNumber - 1, session);
  }
}
