package io.stopline.config;

/**
 * A configuration or a bundle cannot be used. Each failure that a caller would treat differently
 * has its own subclass; the message names the thing, the place and the cure.
 */
public abstract class ConfigException extends RuntimeException {

  private final String file;

  ConfigException(String file, String message) {
    super(message);
    this.file = file;
  }

  /** The file concerned, as the message names it: relative to its bundle where it has one. */
  public String file() {
    return file;
  }
}
