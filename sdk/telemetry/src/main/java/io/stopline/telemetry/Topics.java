package io.stopline.telemetry;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one place that knows topic names. Everything of a device lives under {@code
 * stopline/v1/{device}/}, so that a broker can grant a device its own branch and nothing else.
 */
public final class Topics {

  /** What a device id may be: it becomes a topic level, a certificate's CN and a user name. */
  public static final String DEVICE_ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}";

  private static final String ROOT = "stopline/v1/";
  private static final Pattern DEVICE_ID = Pattern.compile(DEVICE_ID_PATTERN);
  private static final Pattern TOPIC =
      Pattern.compile("stopline/v1/(" + DEVICE_ID_PATTERN + ")/([a-z]{1,16})");

  /** What a topic carries. */
  public enum Kind {
    /** {@link BirthMessage}, retained; the device publishes it on every connect. */
    BIRTH("birth"),
    /** {@link DeathMessage}, retained; the device's last will, or its farewell. */
    DEATH("death"),
    /** {@link HealthMessage}, from the device at a steady pace. */
    HEALTH("health"),
    /** {@link IncidentMessage}, from the device, again and again until acknowledged. */
    INCIDENT("incident"),
    /** {@link Acknowledgement}, from the monitor to the device. */
    ACKNOWLEDGEMENT("ack");

    private final String level;

    Kind(String level) {
      this.level = level;
    }

    /** The last level of the topic's name. */
    public String level() {
      return level;
    }
  }

  /**
   * A topic's name taken apart.
   *
   * @param device whose branch it is in
   * @param kind what it carries
   */
  public record Address(String device, Kind kind) {}

  private Topics() {}

  /**
   * The topic of a kind of message of a device.
   *
   * @throws IllegalArgumentException if the device id is not valid
   */
  public static String of(String device, Kind kind) {
    return ROOT + requireDeviceId(device) + "/" + kind.level();
  }

  /** The filter that matches a kind of message of every device. */
  public static String ofAllDevices(Kind kind) {
    return ROOT + "+/" + kind.level();
  }

  /**
   * The filter that matches everything in a device's own branch.
   *
   * @throws IllegalArgumentException if the device id is not valid
   */
  public static String branchOf(String device) {
    return ROOT + requireDeviceId(device) + "/#";
  }

  /** Takes a topic's name apart; empty if it is none of ours. */
  public static Optional<Address> parse(String topic) {
    Matcher matcher = TOPIC.matcher(topic);
    if (matcher.matches()) {
      for (Kind kind : Kind.values()) {
        if (kind.level.equals(matcher.group(2))) {
          return Optional.of(new Address(matcher.group(1), kind));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a text can be a device id: {@value #DEVICE_ID_PATTERN}. */
  public static boolean isDeviceId(String text) {
    return DEVICE_ID.matcher(text).matches();
  }

  /**
   * The text itself, if it can be a device id.
   *
   * @throws IllegalArgumentException if it cannot
   */
  public static String requireDeviceId(String text) {
    if (!isDeviceId(text)) {
      String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
      throw new IllegalArgumentException(
          "device id '"
              + shown
              + "' is not valid; use 1 to 64 letters, digits, '_', '.' or '-', beginning with a"
              + " letter or digit");
    }
    return text;
  }
}
