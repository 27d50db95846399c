package io.stopline.telemetry;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Names the limit on open files and sockets where it is what stopped something: the system's own
 * words, if there are any at all, name neither the limit nor how to raise it.
 */
public final class OpenFiles {

  /** So few are left that whatever needs some fails. */
  private static final int SPARE = 4;

  private OpenFiles() {}

  /**
   * Whether the limit is the cause: the system says so, or as good as all are in use. Libraries
   * such as SQLite say only that a file cannot be opened, and the system speaks the user's
   * language.
   */
  public static boolean areCauseOf(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (String.valueOf(cause.getMessage()).contains("Too many open files")) {
        return true;
      }
      cause = cause.getCause();
    }
    UnixOperatingSystemMXBean system = system();
    return system != null && open(system) + SPARE >= system.getMaxFileDescriptorCount();
  }

  /** Counting takes a descriptor as well: where there is none, all are in use. */
  private static long open(UnixOperatingSystemMXBean system) {
    try {
      return system.getOpenFileDescriptorCount();
    } catch (InternalError e) {
      return system.getMaxFileDescriptorCount();
    }
  }

  /**
   * A message about a failure, with the limit and the cure behind it where that is the cause.
   *
   * @param message what would be said otherwise
   */
  public static String named(Throwable failure, String message) {
    return areCauseOf(failure) ? message + "; " + limit() + "; " + cure() : message;
  }

  /**
   * What is wrong if this process will need more than it may open.
   *
   * @param who needs them
   * @param needed files and sockets
   * @return null if there are enough, or the system does not tell
   */
  public static @Nullable String shortage(String who, long needed) {
    UnixOperatingSystemMXBean system = system();
    return system == null || system.getMaxFileDescriptorCount() >= needed
        ? null
        : "%s needs %d open files and sockets, but %s; %s".formatted(who, needed, limit(), cure());
  }

  private static String limit() {
    UnixOperatingSystemMXBean system = system();
    return system == null
        ? "this process may not open more files and sockets"
        : "this process may have %d files and sockets open (ulimit -n) and has %d"
            .formatted(system.getMaxFileDescriptorCount(), open(system));
  }

  private static String cure() {
    return "raise the limit: 'ulimit -n 65536' before the start, or LimitNOFILE=65536 in its systemd"
        + " unit";
  }

  /** Java raises its own limit to what the system allows it, so this is the one that counts. */
  private static @Nullable UnixOperatingSystemMXBean system() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix
        : null;
  }
}
