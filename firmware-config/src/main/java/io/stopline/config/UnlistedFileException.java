package io.stopline.config;

/** A file lies in a bundle that its list of files does not name. */
public final class UnlistedFileException extends ConfigException {
  UnlistedFileException(String file, String message) {
    super(file, message);
  }
}
