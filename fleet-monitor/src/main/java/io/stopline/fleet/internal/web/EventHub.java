package io.stopline.fleet.internal.web;

import io.javalin.http.sse.SseClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Server-sent events to every open page. A page that reads too slowly is cut off and will connect
 * again; it never holds up the others, or the ingest.
 */
final class EventHub implements AutoCloseable {

  private static final int MAX_CLIENTS = 32;
  private static final int MAX_QUEUED = 256;
  private static final long HEARTBEAT_SECONDS = 10;

  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private record Event(String name, String data) {}

  private static final class Subscriber {
    final SseClient client;
    final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    volatile boolean gone;

    Subscriber(SseClient client) {
      this.client = client;
    }
  }

  /** Serves a page until it leaves, on a thread of its own. */
  void add(SseClient client) {
    if (closed || subscribers.size() >= MAX_CLIENTS) {
      client.close();
      return;
    }
    Subscriber subscriber = new Subscriber(client);
    subscribers.add(subscriber);
    client.keepAlive();
    client.onClose(() -> subscriber.gone = true);
    Thread thread = new Thread(() -> serve(subscriber), "page-events");
    thread.setDaemon(true);
    thread.start();
  }

  /** Tells every page, once if it has not heard the same yet. Never blocks. */
  void tell(String name, String data) {
    Event event = new Event(name, data);
    for (Subscriber subscriber : subscribers) {
      if (!subscriber.queue.contains(event) && !subscriber.queue.offer(event)) {
        subscriber.gone = true;
      }
    }
  }

  /** How many pages are open. */
  int size() {
    return subscribers.size();
  }

  private void serve(Subscriber subscriber) {
    try {
      subscriber.client.sendEvent("hello", "{}");
      while (!closed && !subscriber.gone) {
        Event event = subscriber.queue.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
          subscriber.client.sendComment("still here");
        } else {
          subscriber.client.sendEvent(event.name(), event.data());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      subscribers.remove(subscriber);
      subscriber.client.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    List<Subscriber> left = new ArrayList<>(subscribers);
    for (Subscriber subscriber : left) {
      subscriber.gone = true;
      subscriber.queue.clear();
      subscriber.client.close();
    }
  }
}
