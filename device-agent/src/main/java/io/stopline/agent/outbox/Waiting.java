package io.stopline.agent.outbox;

/** Counts the incidents that wait for the monitor. Used under the outbox's lock. */
final class Waiting {

  private long depth;
  private long bytes;

  /** Incidents that wait. */
  long depth() {
    return depth;
  }

  /** Bytes of those. */
  long bytes() {
    return bytes;
  }

  void reset(long newDepth, long newBytes) {
    depth = newDepth;
    bytes = newBytes;
  }

  void add(long incidents, long size) {
    depth += incidents;
    bytes += size;
  }

  void remove(long incidents, long size) {
    add(-incidents, -size);
  }
}
