package io.stopline.studio.demo;

import io.javalin.http.sse.SseClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Server-sent events to every open page. A page that reads too slowly is cut off and connects
 * again; it never holds up the demonstration.
 */
final class EventStream implements AutoCloseable {

  private static final int MAX_PAGES = 16;
  private static final int MAX_QUEUED = 512;
  private static final long HEARTBEAT_SECONDS = 10;

  private final Set<Page> pages = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private record Event(String name, String data) {}

  private static final class Page {
    final SseClient client;
    final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    volatile boolean gone;

    Page(SseClient client) {
      this.client = client;
    }
  }

  /** Serves a page until it leaves, on a thread of its own. */
  void add(SseClient client) {
    if (closed || pages.size() >= MAX_PAGES) {
      client.close();
      return;
    }
    Page page = new Page(client);
    pages.add(page);
    client.keepAlive();
    client.onClose(() -> page.gone = true);
    Thread thread = new Thread(() -> serve(page), "demo-page-events");
    thread.setDaemon(true);
    thread.start();
  }

  /** Tells every page. Never waits. */
  void tell(String name, String data) {
    Event event = new Event(name, data);
    for (Page page : pages) {
      if (!page.queue.offer(event)) {
        page.gone = true;
      }
    }
  }

  private void serve(Page page) {
    try {
      // What happened before is asked for on hearing this.
      page.client.sendEvent("hello", "{}");
      while (!closed && !page.gone) {
        Event event = page.queue.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
          page.client.sendComment("still here");
        } else {
          page.client.sendEvent(event.name(), event.data());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      pages.remove(page);
      page.client.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    List<Page> left = new ArrayList<>(pages);
    for (Page page : left) {
      page.gone = true;
      page.queue.clear();
      page.client.close();
    }
  }
}
