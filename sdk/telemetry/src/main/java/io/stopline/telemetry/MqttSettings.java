package io.stopline.telemetry;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How to reach a broker and as whom. Immutable; {@link #toString} shows no secret. */
public final class MqttSettings {

  private final URI uri;
  private final String clientId;
  private final @Nullable String username;
  private final char @Nullable [] password;
  private final @Nullable Path passwordFile;
  private final @Nullable TlsSettings tls;
  private final boolean cleanStart;
  private final Duration sessionExpiry;
  private final Duration keepAlive;
  private final Duration timeout;
  private final Duration minBackoff;
  private final Duration maxBackoff;
  private final int maxInFlight;
  private final int maxQueued;
  private final long maxQueuedBytes;

  private MqttSettings(Builder builder) {
    this.uri = builder.uri;
    this.clientId = builder.clientId;
    this.username = builder.username;
    this.password = builder.password;
    this.passwordFile = builder.passwordFile;
    this.tls = builder.tls;
    this.cleanStart = builder.cleanStart;
    this.sessionExpiry = builder.sessionExpiry;
    this.keepAlive = builder.keepAlive;
    this.timeout = builder.timeout;
    this.minBackoff = builder.minBackoff;
    this.maxBackoff = builder.maxBackoff;
    this.maxInFlight = builder.maxInFlight;
    this.maxQueued = builder.maxQueued;
    this.maxQueuedBytes = builder.maxQueuedBytes;
  }

  /**
   * Starts from the defaults.
   *
   * @param uri {@code ssl://host:port}, or {@code tcp://host:port} where the host is this machine
   *     ({@link Loopback})
   * @param clientId unique at the broker, 1 to 128 characters; for a device, its id
   * @throws IllegalArgumentException if the URI is not of these forms, or plain MQTT would leave
   *     the machine
   */
  public static Builder to(URI uri, String clientId) {
    Builder builder = new Builder(uri, clientId);
    if (!builder.isEncrypted() && !Loopback.isNamedBy(uri.getHost())) {
      throw new IllegalArgumentException(
          "broker '"
              + uri
              + "' is not surely on this machine, and plain MQTT shows passwords, places and pictures"
              + " to everybody on the way; write ssl://"
              + uri.getRawAuthority()
              + ", or tcp://127.0.0.1:"
              + uri.getPort()
              + " if it is here, or allow it with --allow-plain-mqtt on a network of your own");
    }
    return builder;
  }

  /**
   * The same for somebody who has said that plain MQTT may leave the machine.
   *
   * @param uri {@code tcp://host:port} or {@code ssl://host:port}
   * @throws IllegalArgumentException if the URI is not of these forms
   */
  public static Builder toAlsoUnencrypted(URI uri, String clientId) {
    return new Builder(uri, clientId);
  }

  /** The broker. */
  public URI uri() {
    return uri;
  }

  /** The client's name at the broker. */
  public String clientId() {
    return clientId;
  }

  @Nullable String username() {
    return username;
  }

  /** Read anew for every attempt, so that a rotated password file needs no restart. */
  byte @Nullable [] readPassword() throws IOException {
    if (passwordFile != null) {
      PrivateFile.require(passwordFile);
      try {
        return Files.readString(passwordFile).strip().getBytes(StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new IOException(
            "password file '" + passwordFile + "' cannot be read: " + e + "; check path and rights",
            e);
      }
    }
    return password == null ? null : new String(password).getBytes(StandardCharsets.UTF_8);
  }

  /** TLS, if the URI asks for it. */
  public @Nullable TlsSettings tls() {
    return tls;
  }

  /** Whether the broker shall forget the client's former session. */
  public boolean cleanStart() {
    return cleanStart;
  }

  /** How long the broker keeps the session after the connection ends. */
  public Duration sessionExpiry() {
    return sessionExpiry;
  }

  /** Longest silence before the connection is probed. */
  public Duration keepAlive() {
    return keepAlive;
  }

  /** How long to wait for the broker's answer to a connect, a subscribe or a publish. */
  public Duration timeout() {
    return timeout;
  }

  /** Shortest upper bound of the pause between attempts. */
  public Duration minBackoff() {
    return minBackoff;
  }

  /** Longest upper bound of the pause between attempts. */
  public Duration maxBackoff() {
    return maxBackoff;
  }

  /** Publishes that may await the broker's answer at a time. */
  public int maxInFlight() {
    return maxInFlight;
  }

  /** Arrived messages that may wait for their handler. */
  public int maxQueued() {
    return maxQueued;
  }

  /** Bytes of arrived messages that may wait for their handler. */
  public long maxQueuedBytes() {
    return maxQueuedBytes;
  }

  @Override
  public String toString() {
    return "MQTT "
        + uri
        + " as '"
        + clientId
        + "'"
        + (username == null ? "" : ", user '" + username + "'");
  }

  /** Collects settings. */
  public static final class Builder {
    private static final Set<String> SCHEMES = Set.of("tcp", "ssl");

    private final URI uri;
    private final String clientId;
    private @Nullable String username;
    private char @Nullable [] password;
    private @Nullable Path passwordFile;
    private @Nullable TlsSettings tls;
    private boolean cleanStart = true;
    private Duration sessionExpiry = Duration.ZERO;
    private Duration keepAlive = Duration.ofSeconds(15);
    private Duration timeout = Duration.ofSeconds(10);
    private Duration minBackoff = Duration.ofMillis(250);
    private Duration maxBackoff = Duration.ofSeconds(30);
    private int maxInFlight = 32;
    private int maxQueued = 1024;
    private long maxQueuedBytes = 64L * 1024 * 1024;

    private Builder(URI uri, String clientId) {
      String scheme = uri.getScheme();
      if (scheme == null
          || !SCHEMES.contains(scheme)
          || uri.getHost() == null
          || uri.getPort() < 1
          || uri.getUserInfo() != null
          || !(uri.getPath() == null || uri.getPath().isEmpty())) {
        throw new IllegalArgumentException(
            "broker URI '"
                + (uri.getUserInfo() == null ? uri.toString() : "(with credentials)")
                + "' is not usable; write tcp://host:port or ssl://host:port");
      }
      if (clientId.isEmpty() || clientId.length() > 128) {
        throw new IllegalArgumentException(
            "MQTT client id has " + clientId.length() + " characters; use 1 to 128");
      }
      this.uri = uri;
      this.clientId = clientId;
      if (scheme.equals("ssl")) {
        this.tls = new TlsSettings(null, null, null);
      }
    }

    private boolean isEncrypted() {
      return "ssl".equals(uri.getScheme());
    }

    /** Says who we are by a password. */
    public Builder credential(String user, char[] secret) {
      this.username = user;
      this.password = secret.clone();
      this.passwordFile = null;
      return this;
    }

    /**
     * Says who we are by a password that stands in a file, surrounding white space ignored. Only
     * the owner may read the file, which is looked at when a connection is made.
     */
    public Builder credentialFile(String user, Path secret) {
      this.username = user;
      this.passwordFile = secret;
      this.password = null;
      return this;
    }

    /**
     * Whom to trust and who to be.
     *
     * @throws IllegalArgumentException if the URI is not ssl
     */
    public Builder tls(TlsSettings settings) {
      if (!isEncrypted()) {
        throw new IllegalArgumentException(
            "TLS settings were given, but broker URI '" + uri + "' is not encrypted; write ssl://");
      }
      this.tls = settings;
      return this;
    }

    /** Keeps the session at the broker for this long after the connection ends. */
    public Builder keepSession(Duration expiry) {
      this.cleanStart = false;
      this.sessionExpiry = positive("session expiry", expiry);
      return this;
    }

    /** Longest silence before the connection is probed; at least 1 s. */
    public Builder keepAlive(Duration interval) {
      if (interval.toSeconds() < 1 || interval.toSeconds() > 65_535) {
        throw new IllegalArgumentException(
            "keep-alive " + interval + " is not within 1 to 65535 s");
      }
      this.keepAlive = interval;
      return this;
    }

    /** How long to wait for an answer of the broker. */
    public Builder timeout(Duration limit) {
      this.timeout = positive("timeout", limit);
      return this;
    }

    /**
     * Bounds of the pause between attempts: it is drawn between half and all of a bound that
     * doubles from {@code shortest} to {@code longest}.
     */
    public Builder backoff(Duration shortest, Duration longest) {
      this.minBackoff = positive("shortest back-off", shortest);
      this.maxBackoff = positive("longest back-off", longest);
      if (shortest.compareTo(longest) > 0) {
        throw new IllegalArgumentException(
            "shortest back-off " + shortest + " is longer than the longest, " + longest);
      }
      return this;
    }

    /**
     * Publishes that may await the broker's answer at a time, 1 to 1000. A broker that allows fewer
     * (Mosquitto: 20) gets fewer.
     */
    public Builder maxInFlight(int count) {
      if (count < 1 || count > 1000) {
        throw new IllegalArgumentException("in-flight limit " + count + " is not within 1 to 1000");
      }
      this.maxInFlight = count;
      return this;
    }

    /** Arrived messages that may wait for their handler, 1 to 100,000. */
    public Builder maxQueued(int count) {
      if (count < 1 || count > 100_000) {
        throw new IllegalArgumentException("queue limit " + count + " is not within 1 to 100000");
      }
      this.maxQueued = count;
      return this;
    }

    /** Bytes of arrived messages that may wait for their handler, above 0; 64 MiB by default. */
    public Builder maxQueuedBytes(long count) {
      if (count < 1) {
        throw new IllegalArgumentException("queue limit of " + count + " bytes must be above 0");
      }
      this.maxQueuedBytes = count;
      return this;
    }

    /** The settings. */
    public MqttSettings build() {
      return new MqttSettings(this);
    }

    private static Duration positive(String name, Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException(name + " " + value + " must be above 0");
      }
      return value;
    }
  }
}
