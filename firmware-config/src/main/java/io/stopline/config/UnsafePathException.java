package io.stopline.config;

/**
 * A path leads, or could lead, out of its bundle: it is absolute, climbs up or is a symbolic link.
 */
public final class UnsafePathException extends ConfigException {
  UnsafePathException(String file, String message) {
    super(file, message);
  }
}
