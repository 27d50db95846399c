package io.stopline.config;

/** A model cannot be loaded, or is not what its manifest and policy need. */
public final class UnusableModelException extends ConfigException {
  UnusableModelException(String file, String message, Throwable cause) {
    super(file, message);
    initCause(cause);
  }

  UnusableModelException(String file, String message) {
    super(file, message);
  }
}
