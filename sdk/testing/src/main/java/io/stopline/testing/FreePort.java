package io.stopline.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;

/** TCP ports of the loopback that nobody listens on, for what must be told its port. */
public final class FreePort {

  /** Below the ports that Linux, Windows and macOS give to clients, above those of services. */
  private static final int FIRST = 20_000;

  private static final int END = 32_000;

  private FreePort() {}

  /**
   * One of them. No client is given it while nobody listens there, not even for a moment, so a
   * server can be started on it again; another server that is told its port may still take it.
   *
   * @throws IOException if none was found
   */
  public static int find() throws IOException {
    SecureRandom random = new SecureRandom();
    IOException last = null;
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = FIRST + random.nextInt(END - FIRST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IOException("no free port from " + FIRST + " to " + END, last);
  }
}
