package io.stopline.telemetry;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.util.MqttTopicValidator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link MqttLink} on Eclipse Paho's MQTT 5 client, of which only the least is used: each attempt
 * to connect has a client of its own, so no state of a broken connection is carried over; Paho's
 * reconnect, offline buffer and file persistence stay off; nothing of ours runs inside its
 * callbacks but putting things into queues.
 */
public final class PahoMqttLink implements MqttLink {

  private static final Logger LOG = LoggerFactory.getLogger(PahoMqttLink.class);
  private static final int REFUSED_FROM = 0x80;
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final MqttSettings settings;
  private final LastWill lastWill;
  private final SecureRandom jitter = new SecureRandom();
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Arrival> arrivals;
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicLong overflowed = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private State state = State.NEW;
  private @Nullable Connection connection;
  private @Nullable String problem;
  private long attempts;
  private long connections;
  private @Nullable Thread connector;
  private @Nullable Thread dispatcher;

  private record Subscription(String filter, QualityOfService quality, MessageHandler handler) {}

  private record Arrival(String topic, MqttMessage message) {}

  /**
   * A link that is not started yet.
   *
   * @param lastWill asked once an attempt, on the link's thread
   */
  public PahoMqttLink(MqttSettings settings, LastWill lastWill) {
    this.settings = settings;
    this.lastWill = lastWill;
    this.arrivals = new ArrayBlockingQueue<>(settings.maxQueued());
  }

  /** A link without a last will that is not started yet. */
  public PahoMqttLink(MqttSettings settings) {
    this(settings, connection -> null);
  }

  @Override
  public void start() {
    lock.lock();
    try {
      if (state == State.CLOSED) {
        throw new IllegalStateException("the link " + settings + " is closed; make a new one");
      }
      if (state != State.NEW) {
        return;
      }
      state = State.CONNECTING;
      connector = daemon("mqtt-link-" + settings.clientId(), this::keepConnected);
      dispatcher = daemon("mqtt-handler-" + settings.clientId(), this::dispatch);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void subscribe(String filter, QualityOfService quality, MessageHandler handler) {
    subscriptions.add(new Subscription(filter, quality, handler));
    lock.lock();
    try {
      if (connection != null) {
        connection.lost("a subscription was added");
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void addListener(Listener listener) {
    listeners.add(listener);
  }

  @Override
  public CompletableFuture<@Nullable Void> publish(
      String topic, byte[] payload, QualityOfService quality, boolean retain) {
    Connection current;
    lock.lock();
    try {
      current = state == State.CONNECTED ? connection : null;
    } finally {
      lock.unlock();
    }
    if (current == null) {
      return CompletableFuture.failedFuture(
          new MqttLinkException(
              MqttLinkException.Cause.NOT_CONNECTED, "not connected to " + settings.uri()));
    }
    return current.publish(topic, payload, quality, retain);
  }

  @Override
  public Status status() {
    lock.lock();
    try {
      return new Status(
          state,
          attempts,
          connections,
          problem,
          connection == null ? 0 : connection.pending.size(),
          overflowed.get());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    Thread waitForConnector;
    Thread waitForDispatcher;
    lock.lock();
    try {
      if (state == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
      changed.signalAll();
      waitForConnector = connector;
      waitForDispatcher = dispatcher;
    } finally {
      lock.unlock();
    }
    join(waitForConnector);
    if (waitForDispatcher != null) {
      waitForDispatcher.interrupt();
      join(waitForDispatcher);
    }
  }

  private void keepConnected() {
    Duration bound = settings.minBackoff();
    while (true) {
      long number;
      lock.lock();
      try {
        if (state == State.CLOSED) {
          return;
        }
        number = ++attempts;
      } finally {
        lock.unlock();
      }
      String reason;
      Connection attempt = null;
      try {
        attempt = new Connection(number);
        attempt.open();
        if (announce(attempt)) {
          bound = settings.minBackoff();
          tell(listener -> listener.connected(number));
        }
        reason = attempt.awaitEnd();
      } catch (MqttException | PemException | IOException | RuntimeException e) {
        reason = describe(e);
      } finally {
        if (attempt != null) {
          attempt.end();
        }
      }
      boolean closed;
      lock.lock();
      try {
        connection = null;
        closed = state == State.CLOSED;
        if (!closed) {
          state = State.CONNECTING;
          problem = reason;
        }
      } finally {
        lock.unlock();
      }
      String told = closed ? "closed" : reason;
      tell(listener -> listener.disconnected(told));
      if (closed) {
        return;
      }
      LOG.info("{}: {}; trying again", settings, reason);
      pause(bound);
      bound = shorter(bound.multipliedBy(2), settings.maxBackoff());
    }
  }

  /** False if the connection ended, or the link was closed, in the meantime. */
  private boolean announce(Connection opened) {
    lock.lock();
    try {
      if (state == State.CLOSED || opened.ended != null) {
        return false;
      }
      state = State.CONNECTED;
      connection = opened;
      problem = null;
      connections++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Half of the bound is fixed, half is drawn, so that a fleet does not return all at once. */
  private void pause(Duration bound) {
    long half = Math.max(1, bound.toNanos() / 2);
    long left = half + jitter.nextLong(half);
    lock.lock();
    try {
      while (state != State.CLOSED && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // Nobody but a caller that wants the process gone interrupts this thread: end the link.
      state = State.CLOSED;
    } finally {
      lock.unlock();
    }
  }

  private void dispatch() {
    try {
      while (true) {
        Arrival arrival = arrivals.take();
        queuedBytes.addAndGet(-arrival.message().getPayload().length);
        for (Subscription subscription : subscriptions) {
          if (MqttTopicValidator.isMatched(subscription.filter(), arrival.topic())) {
            try {
              subscription.handler().handle(arrival.topic(), arrival.message().getPayload());
            } catch (RuntimeException e) {
              LOG.error("handler of '{}' failed", subscription.filter(), e);
            }
          }
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void tell(java.util.function.Consumer<Listener> news) {
    for (Listener listener : listeners) {
      try {
        news.accept(listener);
      } catch (RuntimeException e) {
        LOG.error("a listener of {} failed", settings, e);
      }
    }
  }

  private static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder();
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 4; depth++) {
      String part =
          at instanceof MqttException mqtt
              ? mqtt.getMessage() + " (MQTT reason " + mqtt.getReasonCode() + ")"
              : at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
      if (text.indexOf(part) < 0) {
        text.append(text.isEmpty() ? "" : ": ").append(part);
      }
      at = at.getCause();
    }
    // Some of it may be the broker's own words.
    String said =
        VisibleText.of(text.length() > 400 ? text.substring(0, 400) + "…" : text.toString());
    return OpenFiles.named(failure, said);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void join(@Nullable Thread thread) {
    if (thread == null || thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(2 * FAREWELL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One attempt to connect and what comes of it. */
  private final class Connection implements MqttCallback {

    private final long number;
    private final MqttAsyncClient client;
    private final Set<Pending> pending = ConcurrentHashMap.newKeySet();
    // Set while opening, before anybody can publish; then only its permits change.
    private Semaphore inFlight = new Semaphore(0);
    private int maxInFlight;
    // Guarded by the link's lock.
    private @Nullable String ended;

    Connection(long number) throws MqttException {
      this.number = number;
      this.client =
          new MqttAsyncClient(
              settings.uri().toString(), settings.clientId(), new MemoryPersistence());
      client.setCallback(this);
    }

    void open() throws MqttException, PemException, IOException {
      IMqttToken connected = client.connect(options());
      await(connected, "connect");
      // Mosquitto takes 20 by default; beyond its word a broker may cut the connection.
      MqttProperties answer = connected.getResponseProperties();
      Integer receiveMaximum = answer == null ? null : answer.getReceiveMaximum();
      maxInFlight =
          receiveMaximum == null
              ? settings.maxInFlight()
              : Math.min(settings.maxInFlight(), Math.max(1, receiveMaximum));
      inFlight = new Semaphore(maxInFlight);
      for (Subscription subscription : subscriptions) {
        IMqttToken token =
            client.subscribe(
                new MqttSubscription[] {
                  new MqttSubscription(subscription.filter(), subscription.quality().level())
                },
                null,
                null,
                new MqttProperties());
        await(token, "subscription to '" + subscription.filter() + "'");
        int[] answers = token.getReasonCodes();
        if (answers != null && answers.length > 0 && answers[0] >= REFUSED_FROM) {
          throw new IOException(
              "broker refused the subscription to '"
                  + subscription.filter()
                  + "' (reason "
                  + answers[0]
                  + "); check what it grants to this client");
        }
      }
    }

    private void await(IMqttToken token, String what) throws MqttException, IOException {
      token.waitForCompletion(settings.timeout().toMillis());
      if (!token.isComplete()) {
        throw new IOException("no answer to the " + what + " within " + settings.timeout());
      }
    }

    private MqttConnectionOptions options() throws PemException, IOException {
      MqttConnectionOptions options = new MqttConnectionOptions();
      options.setAutomaticReconnect(false);
      options.setCleanStart(settings.cleanStart());
      options.setSessionExpiryInterval(settings.sessionExpiry().toSeconds());
      options.setKeepAliveInterval((int) settings.keepAlive().toSeconds());
      options.setConnectionTimeout((int) Math.max(1, settings.timeout().toSeconds()));
      options.setMaximumPacketSize(MessageCodec.MAX_INCIDENT_BYTES + 64L * 1024);
      options.setReceiveMaximum(Math.min(1000, settings.maxQueued()));
      options.setExecutorServiceTimeout(1);
      if (settings.username() != null) {
        options.setUserName(settings.username());
        options.setPassword(settings.readPassword());
      }
      TlsSettings tls = settings.tls();
      if (tls != null) {
        options.setSocketFactory(tls.context().getSocketFactory());
        options.setHttpsHostnameVerificationEnabled(true);
      }
      Will will = lastWill.forConnection(number);
      if (will != null) {
        MqttMessage message =
            new MqttMessage(
                will.payload(), QualityOfService.AT_LEAST_ONCE.level(), true, new MqttProperties());
        options.setWill(will.topic(), message);
      }
      return options;
    }

    CompletableFuture<@Nullable Void> publish(
        String topic, byte[] payload, QualityOfService quality, boolean retain) {
      if (!inFlight.tryAcquire()) {
        return CompletableFuture.failedFuture(
            new MqttLinkException(
                MqttLinkException.Cause.TOO_MANY_IN_FLIGHT,
                maxInFlight + " publishes await the broker's answer, all that it allows"));
      }
      Pending publish = new Pending(this);
      pending.add(publish);
      try {
        MqttMessage message =
            new MqttMessage(payload, quality.level(), retain, new MqttProperties());
        client.publish(topic, message, null, publish);
      } catch (MqttException e) {
        publish.fail(
            e.getReasonCode() == MqttClientException.REASON_CODE_MAX_INFLIGHT
                ? MqttLinkException.Cause.TOO_MANY_IN_FLIGHT
                : MqttLinkException.Cause.NOT_CONNECTED,
            describe(e));
      } catch (RuntimeException e) {
        publish.fail(MqttLinkException.Cause.NOT_CONNECTED, describe(e));
      }
      if (ended() != null) {
        publish.fail(MqttLinkException.Cause.NOT_CONNECTED, "connection lost before the answer");
      }
      CompletableFuture.delayedExecutor(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
          .execute(publish::expire);
      return publish.result;
    }

    private @Nullable String ended() {
      lock.lock();
      try {
        return ended;
      } finally {
        lock.unlock();
      }
    }

    void lost(String reason) {
      lock.lock();
      try {
        if (ended == null) {
          ended = reason;
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }

    String awaitEnd() {
      lock.lock();
      try {
        while (ended == null && state != State.CLOSED) {
          changed.await();
        }
        return ended == null ? "closed" : ended;
      } catch (InterruptedException e) {
        state = State.CLOSED;
        return "interrupted";
      } finally {
        lock.unlock();
      }
    }

    /** Leaves nothing behind, whatever state the connection is in. */
    void end() {
      boolean farewell;
      lock.lock();
      try {
        farewell = ended == null && state == State.CLOSED;
        if (ended == null) {
          ended = "closed";
        }
        if (connection == this) {
          connection = null;
          if (state == State.CONNECTED) {
            state = State.CONNECTING;
          }
        }
      } finally {
        lock.unlock();
      }
      try {
        if (farewell && client.isConnected()) {
          client.disconnect(FAREWELL.toMillis()).waitForCompletion(FAREWELL.toMillis());
        } else {
          // No DISCONNECT packet: whoever is lost shall be missed, the last will included.
          client.disconnectForcibly(0, 1, false);
        }
      } catch (MqttException | RuntimeException e) {
        LOG.debug("{}: while disconnecting: {}", settings, describe(e));
      }
      try {
        client.close(true);
      } catch (MqttException | RuntimeException e) {
        LOG.debug("{}: while closing: {}", settings, describe(e));
      }
      for (Pending publish : pending) {
        publish.fail(MqttLinkException.Cause.NOT_CONNECTED, "connection lost before the answer");
      }
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      int size = message.getPayload().length;
      boolean fits = queuedBytes.addAndGet(size) <= settings.maxQueuedBytes();
      if (!fits || !arrivals.offer(new Arrival(topic, message))) {
        queuedBytes.addAndGet(-size);
        long count = overflowed.incrementAndGet();
        if (Long.bitCount(count) == 1) {
          LOG.warn("{}: handlers are too slow; {} messages dropped so far", settings, count);
        }
      }
    }

    @Override
    public void disconnected(@Nullable MqttDisconnectResponse response) {
      String reason = "connection lost";
      if (response != null) {
        if (response.getException() != null) {
          reason += ": " + describe(response.getException());
        } else if (response.getReasonString() != null) {
          reason += ": " + VisibleText.of(response.getReasonString());
        }
      }
      lost(reason);
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
      LOG.debug("{}: {}", settings, describe(exception));
    }

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }

  /** One publish that awaits its answer. */
  private final class Pending implements MqttActionListener {

    private final Connection owner;
    private final CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
    private final AtomicBoolean open = new AtomicBoolean(true);

    Pending(Connection owner) {
      this.owner = owner;
    }

    @Override
    public void onSuccess(IMqttToken token) {
      int[] answers = token.getReasonCodes();
      if (answers != null && answers.length > 0 && answers[0] >= REFUSED_FROM) {
        fail(
            MqttLinkException.Cause.REFUSED,
            "broker refused the publish (reason " + answers[0] + "); check what it grants");
      } else if (open.compareAndSet(true, false)) {
        settle();
        // Completed elsewhere: what hangs on the result must not run inside Paho's callback.
        result.completeAsync(() -> null);
      }
    }

    @Override
    public void onFailure(IMqttToken token, @Nullable Throwable cause) {
      int[] answers = token.getReasonCodes();
      boolean refused = answers != null && answers.length > 0 && answers[0] >= REFUSED_FROM;
      fail(
          refused ? MqttLinkException.Cause.REFUSED : MqttLinkException.Cause.NOT_CONNECTED,
          cause == null ? "publish failed" : describe(cause));
    }

    void fail(MqttLinkException.Cause reason, String text) {
      if (open.compareAndSet(true, false)) {
        settle();
        MqttLinkException failure = new MqttLinkException(reason, text);
        ForkJoinPool.commonPool().execute(() -> result.completeExceptionally(failure));
      }
    }

    /** A broker that stays silent for this long is as good as gone. */
    void expire() {
      if (open.get()) {
        owner.lost("no answer to a publish within " + settings.timeout());
      }
    }

    private void settle() {
      owner.pending.remove(this);
      owner.inFlight.release();
    }
  }
}
