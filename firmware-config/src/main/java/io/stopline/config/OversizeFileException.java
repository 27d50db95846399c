package io.stopline.config;

/** A file is larger than any honest one of its kind. */
public final class OversizeFileException extends ConfigException {
  OversizeFileException(String file, String message) {
    super(file, message);
  }
}
