package io.stopline.telemetry;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Tells hosts that are surely this machine, without asking anybody: a name that a server resolves
 * to 127.0.0.1 now may be another machine when the connection is made. These are {@code localhost},
 * 127.0.0.0/8 with all four numbers in decimal, and literal IPv6 addresses that mean the same.
 */
public final class Loopback {

  private static final String NUMBER = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

  private static final Pattern IPV4 = Pattern.compile("127\\.%1$s\\.%1$s\\.%1$s".formatted(NUMBER));

  private Loopback() {}

  /**
   * @param host as in a URI: a literal IPv6 address in brackets
   */
  public static boolean isNamedBy(String host) {
    if (host.equalsIgnoreCase("localhost") || IPV4.matcher(host).matches()) {
      return true;
    }
    if (!host.startsWith("[") || !host.endsWith("]")) {
      return false;
    }
    try {
      // In brackets only an address is taken, so no server is asked.
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
