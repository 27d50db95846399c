package io.stopline.fleet.internal.ingest;

import io.stopline.fleet.internal.rate.TokenBucket;
import io.stopline.telemetry.Topics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait to be read: a queue of its own for each device, served in turn, each at most
 * at a rate. A device that sends without end fills its own queue and nobody else's. Where all
 * queues together hold too much, the one that holds most gives way (longest queue drop: Suter et
 * al. 1999, "Buffer management schemes for supporting TCP in gigabit routers with per-flow
 * queueing"). Safe for use by many threads.
 */
final class DeviceQueues {

  /** Of one device; an agent has 64 incidents under way. */
  static final int MAX_MESSAGES = 256;

  /** Of all devices together. */
  static final long MAX_BYTES = 48L << 20;

  // An incident of 64 KiB costs two tokens, so a device gets about 3 MiB a second read.
  private static final double TOKENS_PER_SECOND = 100;
  private static final double BURST = 400;
  private static final double BYTES_PER_TOKEN = 64 * 1024;

  /** A message that is refused costs as much as so many that are not. */
  static final double REFUSED_TOKENS = 10;

  private static final int OVERHEAD_BYTES = 256;

  /** A message that arrived. */
  static final class Message {
    private final String device;
    private final Topics.@Nullable Kind kind;
    private final byte[] payload;

    /**
     * @param device in whose branch it arrived; empty if in nobody's
     * @param kind null if the topic is none of ours
     * @param payload the message's own from now on
     */
    Message(String device, Topics.@Nullable Kind kind, byte[] payload) {
      this.device = device;
      this.kind = kind;
      this.payload = payload;
    }

    String device() {
      return device;
    }

    Topics.@Nullable Kind kind() {
      return kind;
    }

    byte[] payload() {
      return payload;
    }

    private long bytes() {
      return payload.length + (long) OVERHEAD_BYTES;
    }
  }

  private static final class Queue {
    final Deque<Message> messages = new ArrayDeque<>();
    final TokenBucket rate;
    long bytes;

    Queue(long now) {
      rate = new TokenBucket(TOKENS_PER_SECOND, BURST, now);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  // In the order of their turns. A queue stays while it has messages or debts.
  private final Map<String, Queue> queues = new LinkedHashMap<>();
  private long bytes;

  /**
   * Takes in a message; never waits.
   *
   * @return the device of which a message had to be dropped for it, this one or another; null if
   *     there was room
   */
  @Nullable String offer(Message message) {
    lock.lock();
    try {
      Queue queue = queues.computeIfAbsent(message.device(), d -> new Queue(System.nanoTime()));
      if (queue.messages.size() >= MAX_MESSAGES) {
        return message.device();
      }
      queue.messages.addLast(message);
      queue.bytes += message.bytes();
      bytes += message.bytes();
      arrived.signal();
      return bytes <= MAX_BYTES ? null : dropFromLongest();
    } finally {
      lock.unlock();
    }
  }

  private String dropFromLongest() {
    Map.Entry<String, Queue> longest = null;
    for (Map.Entry<String, Queue> entry : queues.entrySet()) {
      if (longest == null || entry.getValue().bytes > longest.getValue().bytes) {
        longest = entry;
      }
    }
    if (longest == null) {
      throw new IllegalStateException("bytes without a queue");
    }
    // The newest: what came first is the nearest to being acknowledged.
    remove(longest.getValue(), longest.getValue().messages.removeLast());
    return longest.getKey();
  }

  private void remove(Queue queue, Message message) {
    queue.bytes -= message.bytes();
    bytes -= message.bytes();
  }

  /** The next message of the next device whose turn it is; waits for one. */
  Message take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        long now = System.nanoTime();
        long shortest = TimeUnit.SECONDS.toNanos(60);
        String next = null;
        for (var entries = queues.entrySet().iterator(); entries.hasNext(); ) {
          Map.Entry<String, Queue> entry = entries.next();
          long debt = entry.getValue().rate.debtNanos(now);
          if (debt > 0) {
            if (!entry.getValue().messages.isEmpty()) {
              shortest = Math.min(shortest, debt);
            }
          } else if (entry.getValue().messages.isEmpty()) {
            if (entry.getValue().rate.isFull(now)) {
              entries.remove();
            }
          } else {
            next = entry.getKey();
            break;
          }
        }
        if (next == null) {
          long unused = arrived.awaitNanos(shortest);
          continue;
        }
        Queue queue = queues.remove(next);
        if (queue == null) {
          throw new IllegalStateException("a queue vanished under its lock");
        }
        // To the end of the line.
        queues.put(next, queue);
        Message message = queue.messages.removeFirst();
        remove(queue, message);
        queue.rate.spend(1 + message.payload().length / BYTES_PER_TOKEN, now);
        return message;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Makes a device pay for a message that had to be refused. */
  void refused(String device) {
    lock.lock();
    try {
      Queue queue = queues.get(device);
      if (queue != null) {
        queue.rate.spend(REFUSED_TOKENS, System.nanoTime());
      }
    } finally {
      lock.unlock();
    }
  }
}
