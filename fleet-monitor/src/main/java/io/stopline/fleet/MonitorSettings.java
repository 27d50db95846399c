package io.stopline.fleet;

import io.stopline.telemetry.TlsSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a monitor is set up.
 *
 * @param data folder for database, credentials and broker files
 * @param pagePort of the page, on loopback; 0 for any that is free
 * @param broker which broker devices use
 * @param reviewer name under which reviews are kept when none is given with them
 * @param provision devices to which a new password is given at the start, unless its file is there
 *     and they have one, and the files that it is written to
 * @param deviceQuota bytes of the database that one device's incidents may fill, above 0
 */
public record MonitorSettings(
    Path data,
    int pagePort,
    BrokerSettings broker,
    String reviewer,
    Map<String, Path> provision,
    long deviceQuota) {

  /** 1 GiB: about ten thousand incidents of the usual size. */
  public static final long DEFAULT_DEVICE_QUOTA = 1L << 30;

  public MonitorSettings {
    provision = Map.copyOf(provision);
    if (deviceQuota < 1) {
      throw new IllegalArgumentException("device quota " + deviceQuota + " must be above 0 bytes");
    }
  }

  /** Settings with {@link #DEFAULT_DEVICE_QUOTA}. */
  public MonitorSettings(
      Path data,
      int pagePort,
      BrokerSettings broker,
      String reviewer,
      Map<String, Path> provision) {
    this(data, pagePort, broker, reviewer, provision, DEFAULT_DEVICE_QUOTA);
  }

  /** Which broker devices use. */
  public sealed interface BrokerSettings {

    /**
     * One in this process, on loopback.
     *
     * @param port 0 for any that is free
     * @param tls its certificate and key and the authority of the devices' certificates; null for
     *     plain TCP with passwords
     */
    record Embedded(int port, @Nullable TlsSettings tls) implements BrokerSettings {}

    /**
     * One that runs elsewhere, and whose access rules are its own; see the README.
     *
     * @param uri tcp or ssl
     * @param user name, if by password; it is the client id as well
     * @param passwordFile with the password, if by password
     * @param tls whom to trust and who to be; null for the defaults
     * @param allowPlain whether tcp may leave this machine
     */
    record External(
        URI uri,
        @Nullable String user,
        @Nullable Path passwordFile,
        @Nullable TlsSettings tls,
        boolean allowPlain)
        implements BrokerSettings {}
  }
}
