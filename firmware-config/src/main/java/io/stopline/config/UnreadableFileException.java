package io.stopline.config;

/** A file exists but cannot be read, or cannot be written. */
public final class UnreadableFileException extends ConfigException {
  UnreadableFileException(String file, String message) {
    super(file, message);
  }
}
