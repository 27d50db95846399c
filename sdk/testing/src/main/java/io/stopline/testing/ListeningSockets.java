package io.stopline.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The TCP ports that this process listens on, as the Linux kernel tells it (proc(5)). */
public final class ListeningSockets {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final String LISTEN = "0A";

  private ListeningSockets() {}

  /** Whether this machine tells. */
  public static boolean canBeSeen() {
    return Files.isReadable(Path.of("/proc/net/tcp")) && Files.isDirectory(DESCRIPTORS);
  }

  /** Addresses and ports. */
  public static List<InetSocketAddress> ofThisProcess() throws IOException {
    Set<String> own = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
      for (Path descriptor : descriptors.toList()) {
        try {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith("socket:[")) {
            own.add(target.substring("socket:[".length(), target.length() - 1));
          }
        } catch (IOException e) {
          // Closed meanwhile.
        }
      }
    }
    List<InetSocketAddress> found = new ArrayList<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      if (!Files.isReadable(Path.of(table))) {
        continue;
      }
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length > 9 && fields[3].equals(LISTEN) && own.contains(fields[9])) {
          String[] local = fields[1].split(":", -1);
          found.add(new InetSocketAddress(address(local[0]), Integer.parseInt(local[1], 16)));
        }
      }
    }
    return found;
  }

  /** Words of four bytes, each in the order of the processor: little-endian. */
  private static InetAddress address(String hex) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    for (int i = 0; i < bytes.length; i += 4) {
      byte first = bytes[i];
      byte second = bytes[i + 1];
      bytes[i] = bytes[i + 3];
      bytes[i + 1] = bytes[i + 2];
      bytes[i + 2] = second;
      bytes[i + 3] = first;
    }
    return InetAddress.getByAddress(bytes);
  }
}
