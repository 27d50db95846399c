package io.stopline.studio.chaos;

import io.stopline.testing.Mosquitto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A broker as a process of its own. */
final class Broker {

  private Broker() {}

  /**
   * Not started. Mosquitto where it is installed, unless {@code -Dstopline.chaos.broker} says
   * which.
   */
  static Victim of(Path folder, int port) throws IOException {
    String wanted =
        System.getProperty("stopline.chaos.broker", Mosquitto.isPresent() ? "mosquitto" : "hivemq");
    List<String> command;
    if (wanted.equals("mosquitto")) {
      command = Mosquitto.command(folder, port, "allow_anonymous true");
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
        "broker", folder.resolve("broker.log"), () -> command, () -> Mosquitto.listens(port));
  }
}
