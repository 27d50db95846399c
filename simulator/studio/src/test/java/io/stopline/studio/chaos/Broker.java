package io.stopline.studio.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A broker as a process of its own. */
final class Broker {

  private static final Path MOSQUITTO = Path.of("/usr/sbin/mosquitto");

  private Broker() {}

  /**
   * Not started. Mosquitto where it is installed, unless {@code -Dstopline.chaos.broker} says
   * which.
   */
  static Victim of(Path folder, int port) throws IOException {
    String wanted =
        System.getProperty(
            "stopline.chaos.broker", Files.isExecutable(MOSQUITTO) ? "mosquitto" : "hivemq");
    List<String> command;
    if (wanted.equals("mosquitto")) {
      Path configuration = folder.resolve("mosquitto.conf");
      Files.writeString(
          configuration,
          "listener %d 127.0.0.1\nallow_anonymous true\nuser %s\n"
              .formatted(port, System.getProperty("user.name")));
      command = List.of(MOSQUITTO.toString(), "-c", configuration.toString());
    } else {
      command =
          Victim.java(
              "-Xmx256m",
              "io.stopline.studio.chaos.HiveMqMain",
              Integer.toString(port),
              folder.resolve("hivemq").toString());
    }
    System.out.println("chaos: broker " + wanted);
    return new Victim(
        "broker",
        folder.resolve("broker.log"),
        () -> command,
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
