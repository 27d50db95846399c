package io.stopline.telemetry;

/** Bytes that are no message of the expected kind. Says what is wrong and where. */
public final class MalformedMessageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String place;

  MalformedMessageException(String message, String place, String problem) {
    super(message + " at " + place + ": " + problem);
    this.place = place;
  }

  /** Where: a JSON path such as {@code $.evidence[2].crop}; {@code $} for the whole message. */
  public String place() {
    return place;
  }
}
