package io.stopline.studio.camera;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A camera on loopback. {@code GET /stream} is MJPEG over HTTP ({@code multipart/x-mixed-replace});
 * each part has {@code X-Drive} and {@code X-Frame}. {@code GET /truth} is the ground truth of what
 * is shown, {@code GET /frame.jpg} the picture by itself. It shows what {@link #show} was given
 * last; a viewer that is too slow misses some, as with a real camera. Thread-safe.
 */
public final class MjpegCamera implements AutoCloseable {

  private static final String BOUNDARY = "stopline-frame";
  private static final Set<String> OWN_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");

  private final HttpServer server;
  private final ExecutorService workers =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "camera");
            thread.setDaemon(true);
            return thread;
          });

  // Guarded by this.
  private @Nullable Shot current;
  private long shown;
  private int viewers;
  private boolean ended;
  private boolean closed;

  /**
   * Opens the camera; it shows nothing yet.
   *
   * @param port 0 for any free one
   * @throws IOException if the port is taken or not allowed
   */
  public MjpegCamera(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 8);
    server.setExecutor(workers);
    handle("/stream", this::stream);
    handle("/truth", this::truth);
    handle("/frame.jpg", this::still);
    server.start();
  }

  /** Where it listens. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** What a viewer opens. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port() + "/stream");
  }

  /**
   * Adds something else to answer; it may already be asked for.
   *
   * @param path that begins with a slash; longer ones that begin with it are meant as well
   */
  public void handle(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          if (isOurs(exchange)) {
            handler.handle(exchange);
          } else {
            // A page elsewhere that had its own name resolved to this machine.
            answer(exchange, 403, "text/plain", "unknown host".getBytes(StandardCharsets.US_ASCII));
          }
        });
  }

  /** Shows a picture until the next one. */
  public synchronized void show(Shot shot) {
    current = shot;
    shown++;
    notifyAll();
  }

  /**
   * Shows pictures at an even pace and returns when the last one has had its time. A picture that
   * comes late is shown at once; the pace is kept up.
   *
   * @param shots asked for one by one, each before it is due
   * @param framesPerSecond above 0
   * @throws InterruptedException if interrupted, or closed, before the end
   */
  public void play(Iterator<Shot> shots, double framesPerSecond) throws InterruptedException {
    long begin = System.nanoTime();
    for (long i = 1; shots.hasNext(); i++) {
      Shot next = shots.next();
      show(next);
      await(begin + Math.round(i * 1e9 / framesPerSecond));
    }
  }

  private synchronized void await(long nanoTime) throws InterruptedException {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      if (closed) {
        throw new InterruptedException("the camera was closed");
      }
      Duration wait = Duration.ofNanos(left);
      wait(wait.toMillis(), wait.toNanosPart() % 1_000_000);
    }
  }

  /** How many look at the stream now. */
  public synchronized int viewers() {
    return viewers;
  }

  /**
   * Waits until somebody looks at the stream.
   *
   * @return whether somebody does
   */
  public synchronized boolean awaitViewer(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (viewers == 0 && !closed) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return viewers > 0;
  }

  /**
   * Ends all streams in good order once each viewer has the picture that is shown; waits for them
   * at most so long.
   */
  public synchronized void end(Duration patience) throws InterruptedException {
    ended = true;
    notifyAll();
    long end = System.nanoTime() + patience.toNanos();
    for (long left = end - System.nanoTime();
        viewers > 0 && left > 0;
        left = end - System.nanoTime()) {
      wait(Math.max(1, left / 1_000_000));
    }
  }

  private static boolean isOurs(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    return host != null && OWN_NAMES.contains(host.replaceFirst(":\\d+$", ""));
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
        // Newer Javas keep the head back until something follows, which may be a while.
        out.flush();
        send(out);
      } finally {
        count(-1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(OutputStream out) throws IOException, InterruptedException {
    long seen = 0;
    while (true) {
      Shot shot;
      synchronized (this) {
        while (shown == seen && !closed && !ended) {
          wait();
        }
        shot = current;
        if (closed || shot == null || shown == seen) {
          break;
        }
        seen = shown;
      }
      String head =
          "--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\nX-Drive: %s\r\nX-Frame: %d\r\n\r\n"
              .formatted(BOUNDARY, shot.jpeg().length, shot.name(), shot.frame());
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(shot.jpeg());
      out.write('\r');
      out.write('\n');
      out.flush();
    }
    out.write(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private synchronized void count(int change) {
    viewers += change;
    notifyAll();
  }

  private void truth(HttpExchange exchange) throws IOException {
    Shot shot = current();
    if (shot == null || shot.truth() == null) {
      answer(exchange, 404, "application/json", "{}".getBytes(StandardCharsets.US_ASCII));
    } else {
      answer(exchange, 200, "application/json", shot.truth().getBytes(StandardCharsets.UTF_8));
    }
  }

  private void still(HttpExchange exchange) throws IOException {
    Shot shot = current();
    if (shot == null) {
      answer(exchange, 404, "text/plain", new byte[0]);
    } else {
      exchange.getResponseHeaders().set("X-Drive", shot.name());
      exchange.getResponseHeaders().set("X-Frame", Integer.toString(shot.frame()));
      answer(exchange, 200, "image/jpeg", shot.jpeg());
    }
  }

  private synchronized @Nullable Shot current() {
    return current;
  }

  private static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  /** Shuts the camera; streams end where they are. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    server.stop(0);
    workers.shutdownNow();
  }
}
