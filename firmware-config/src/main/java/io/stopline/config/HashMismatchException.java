package io.stopline.config;

/**
 * A file is not the one that the bundle lists: its SHA-256 differs. Nothing of it was parsed or
 * loaded.
 */
public final class HashMismatchException extends ConfigException {
  HashMismatchException(String file, String message) {
    super(file, message);
  }
}
