package io.stopline.agent.source;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A camera on a loopback socket that does what a test tells it, connection by connection: an HTTP
 * server library would not let it misbehave.
 */
public final class TestCamera implements AutoCloseable {

  /** What the camera does with one connection; the connection ends when it returns. */
  @FunctionalInterface
  public interface Behaviour {
    void serve(Wire wire) throws IOException, InterruptedException;
  }

  /** The camera's end of a connection. */
  public static final class Wire {
    private final OutputStream out;
    private final CountDownLatch closed;

    Wire(OutputStream out, CountDownLatch closed) {
      this.out = out;
      this.closed = closed;
    }

    public Wire text(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return this;
    }

    public Wire bytes(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
      return this;
    }

    public Wire ok(String contentType) throws IOException {
      return text("HTTP/1.0 200 OK\r\n")
          .text(contentType.isEmpty() ? "" : "Content-Type: " + contentType + "\r\n")
          .text("\r\n");
    }

    public Wire multipart() throws IOException {
      return ok("multipart/x-mixed-replace; boundary=frame");
    }

    public Wire part(byte[] jpeg) throws IOException {
      return text("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: "
              + jpeg.length
              + "\r\n\r\n")
          .bytes(jpeg)
          .text("\r\n");
    }

    /** Sends nothing more until the test ends. */
    public void stall() throws InterruptedException {
      closed.await();
    }
  }

  private final ServerSocket server;
  private final List<Behaviour> script;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** The last behaviour is repeated for all further connections. */
  public TestCamera(Behaviour... script) throws IOException {
    this(0, script);
  }

  public TestCamera(int port, Behaviour... script) throws IOException {
    this.script = List.of(script);
    this.server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept, "test-camera");
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return server.getLocalPort();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port() + "/video?token=secret");
  }

  public int connections() {
    return connections.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        Behaviour behaviour =
            script.get(Math.min(connections.getAndIncrement(), script.size() - 1));
        Thread thread = new Thread(() -> serve(socket, behaviour), "test-camera-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, Behaviour behaviour) {
    try (socket) {
      int newlines = 0;
      while (newlines < 2) {
        int b = socket.getInputStream().read();
        if (b < 0) {
          return;
        }
        newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
      }
      behaviour.serve(new Wire(socket.getOutputStream(), closed));
    } catch (IOException | InterruptedException e) {
      // The agent went away, or the test ended.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
