package io.stopline.config;

/** A policy promises a false-alarm rate that its number of calibration tracks cannot support. */
public final class UnsupportedRateException extends ConfigException {
  UnsupportedRateException(String file, String message) {
    super(file, message);
  }
}
