package io.stopline.config;

/** A file that is needed does not exist. */
public final class MissingFileException extends ConfigException {
  MissingFileException(String file, String message) {
    super(file, message);
  }
}
