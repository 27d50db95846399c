package io.stopline.telemetry;

/** Why a publish did not end well. */
public final class MqttLinkException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What a caller can do differently. */
  public enum Cause {
    /** Not connected, or no longer: try again when connected. */
    NOT_CONNECTED,
    /** As many publishes as allowed await the broker: wait for one of them. */
    TOO_MANY_IN_FLIGHT,
    /** The broker said no: it will say so again. */
    REFUSED
  }

  private final Cause reason;

  MqttLinkException(Cause reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** The kind of failure. */
  public Cause reason() {
    return reason;
  }
}
