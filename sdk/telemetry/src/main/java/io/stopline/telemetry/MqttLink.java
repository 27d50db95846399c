package io.stopline.telemetry;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One client's link to an MQTT 5 broker. It connects in the background, with jittered exponential
 * back-off, and never gives up; what it cannot send it refuses at once, since keeping messages is
 * the outbox's work. Safe for use by many threads.
 */
public interface MqttLink extends AutoCloseable {

  /** MQTT's qualities of service that are used here. */
  enum QualityOfService {
    /** Sent once, perhaps lost. */
    AT_MOST_ONCE(0),
    /** Confirmed by the broker, perhaps doubled. */
    AT_LEAST_ONCE(1);

    private final int level;

    QualityOfService(int level) {
      this.level = level;
    }

    /** As the protocol numbers it. */
    public int level() {
      return level;
    }
  }

  /** Where the link stands. */
  enum State {
    /** {@link #start} was not called yet. */
    NEW,
    /** Trying, or waiting to try again. */
    CONNECTING,
    /** Connected, and every subscription granted. */
    CONNECTED,
    /** Closed for good. */
    CLOSED
  }

  /**
   * A look at the link.
   *
   * @param state where it stands
   * @param attempts to connect so far
   * @param connections that succeeded so far
   * @param problem why it is not connected, in words; null if it is, or has not tried yet
   * @param inFlight publishes that the broker has not confirmed
   * @param overflowed messages that arrived while the queue to the handlers was full, and were
   *     dropped
   */
  record Status(
      State state,
      long attempts,
      long connections,
      @Nullable String problem,
      int inFlight,
      long overflowed) {}

  /** Hears of the connection's comings and goings, on the link's own thread; must not block. */
  interface Listener {
    /**
     * The broker accepted us and granted every subscription. The place to publish a birth.
     *
     * @param connection number of the attempt, from 1: the one that the last will was made for
     */
    default void connected(long connection) {}

    /**
     * The connection is gone, or an attempt failed; another follows.
     *
     * @param problem in words
     */
    default void disconnected(String problem) {}
  }

  /** Gets messages, one at a time, on the link's handler thread; may block. */
  @FunctionalInterface
  interface MessageHandler {
    /**
     * A message arrived. What this throws is logged and otherwise ignored.
     *
     * @param topic on which it was published
     * @param payload of the message, the handler's own
     */
    void handle(String topic, byte[] payload);
  }

  /** Makes the last will for an attempt to connect. */
  @FunctionalInterface
  interface LastWill {
    /**
     * The message that the broker shall publish when it loses us; null for none.
     *
     * @param connection number of the attempt, from 1
     */
    @Nullable Will forConnection(long connection);
  }

  /** A retained message that the broker publishes, at least once, when it loses us. */
  final class Will {
    private final String topic;
    private final byte[] payload;

    /** A will with a copy of the payload. */
    public Will(String topic, byte[] payload) {
      this.topic = topic;
      this.payload = payload.clone();
    }

    /** Where it is published. */
    public String topic() {
      return topic;
    }

    /** A copy of what is published. */
    public byte[] payload() {
      return payload.clone();
    }
  }

  /**
   * Begins to connect; returns at once. Later calls do nothing.
   *
   * @throws IllegalStateException if the link is closed
   */
  void start();

  /**
   * Adds a subscription that holds across reconnects. If the link is connected already, the
   * connection is made anew.
   *
   * @param filter topic filter, see {@link Topics}
   */
  void subscribe(String filter, QualityOfService quality, MessageHandler handler);

  /** Adds a listener; call before {@link #start}, or miss what came before. */
  void addListener(Listener listener);

  /**
   * Publishes. Never blocks.
   *
   * @param payload must not be changed afterwards
   * @param retain whether the broker keeps it for later subscribers
   * @return completes when the broker has confirmed (at least once) or taken (at most once) the
   *     message; fails with {@link MqttLinkException} if the link is not connected, too many
   *     publishes are in flight, the broker refuses, or the connection is lost before the answer
   */
  CompletableFuture<@Nullable Void> publish(
      String topic, byte[] payload, QualityOfService quality, boolean retain);

  /** {@link #publish(String, byte[], QualityOfService, boolean)}, not retained. */
  default CompletableFuture<@Nullable Void> publish(
      String topic, byte[] payload, QualityOfService quality) {
    return publish(topic, payload, quality, false);
  }

  /** Where the link stands now. */
  Status status();

  /** Whether {@link #publish} has a chance now. */
  default boolean isConnected() {
    return status().state() == State.CONNECTED;
  }

  /**
   * Disconnects in good order, so that the broker does not publish the last will, and ends all
   * threads of the link. Takes at most about two seconds.
   */
  @Override
  void close();
}
