package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A camera on loopback: {@code GET /stream} is MJPEG over HTTP and never ends; it shows the empty
 * road until {@code POST /play/NAME} starts a drive. {@code GET /state} says what is being shown.
 * Thread-safe.
 */
final class CameraServer implements AutoCloseable {

  private static final String BOUNDARY = "stopline-frame";

  private final ObjectMapper mapper = new ObjectMapper();
  private final HttpServer server;
  private final ExecutorService workers = Executors.newCachedThreadPool(CameraServer::daemon);
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(CameraServer::daemon);
  private final List<byte[]> idle;

  // Guarded by this.
  private final Map<String, List<byte[]>> drives = new TreeMap<>();
  private final Map<String, Integer> played = new TreeMap<>();
  private @Nullable String playing;
  private int position;
  private long tick;
  private byte[] current;
  private int clients;
  private boolean closed;

  /**
   * @param port 0 for any free one
   * @param idle frames of the empty road, at least one
   */
  CameraServer(int port, double framesPerSecond, List<byte[]> idle) throws IOException {
    this.idle = List.copyOf(idle);
    current = idle.get(0);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 8);
    server.setExecutor(workers);
    server.createContext("/stream", this::stream);
    server.createContext("/state", this::state);
    server.createContext("/play/", this::play);
    server.start();
    long period = Math.round(1e9 / framesPerSecond);
    var unused = clock.scheduleAtFixedRate(this::tick, period, period, TimeUnit.NANOSECONDS);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Adds a drive that may be played from now on. */
  synchronized void add(String name, List<byte[]> frames) {
    drives.put(name, List.copyOf(frames));
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "camera");
    thread.setDaemon(true);
    return thread;
  }

  private synchronized void tick() {
    tick++;
    String name = playing;
    List<byte[]> drive = name == null ? null : drives.get(name);
    if (name != null && drive != null && position < drive.size()) {
      current = drive.get(position++);
    } else {
      if (name != null) {
        played.merge(name, 1, Integer::sum);
        playing = null;
      }
      current = idle.get((int) (tick % idle.size()));
    }
    notifyAll();
  }

  private void stream(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      exchange
          .getResponseHeaders()
          .set("Content-Type", "multipart/x-mixed-replace; boundary=" + BOUNDARY);
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(200, 0);
      count(1);
      try (OutputStream out = exchange.getResponseBody()) {
        send(out);
      } finally {
        count(-1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends each new frame; a viewer that is too slow misses some, as with a real camera. */
  private void send(OutputStream out) throws IOException, InterruptedException {
    long seen = -1;
    while (true) {
      byte[] frame;
      synchronized (this) {
        while (tick == seen && !closed) {
          wait();
        }
        if (closed) {
          return;
        }
        seen = tick;
        frame = current;
      }
      String head =
          "--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
              .formatted(BOUNDARY, frame.length);
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(frame);
      out.write('\r');
      out.write('\n');
      out.flush();
    }
  }

  private synchronized void count(int change) {
    clients += change;
  }

  private void state(HttpExchange exchange) throws IOException {
    ObjectNode node = mapper.createObjectNode();
    synchronized (this) {
      node.put("playing", playing);
      node.put("frame", position);
      node.put("clients", clients);
      drives.keySet().forEach(node.putArray("drives")::add);
      ObjectNode counts = node.putObject("played");
      played.forEach(counts::put);
    }
    answer(exchange, 200, node.toString());
  }

  private void play(HttpExchange exchange) throws IOException {
    String name = exchange.getRequestURI().getPath().substring("/play/".length());
    int status;
    synchronized (this) {
      if (!exchange.getRequestMethod().equals("POST")) {
        status = 405;
      } else if (!drives.containsKey(name)) {
        status = 404;
      } else if (playing != null) {
        status = 409;
      } else {
        playing = name;
        position = 0;
        status = 202;
      }
    }
    answer(exchange, status, "{}");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    clock.shutdownNow();
    server.stop(0);
    workers.shutdownNow();
  }
}
