package io.stopline.config;

/** A policy, profile or model was asked for that the bundle does not have. */
public final class UnknownNameException extends ConfigException {
  UnknownNameException(String file, String message) {
    super(file, message);
  }
}
