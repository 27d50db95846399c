package io.stopline.config;

/** A policy has no calibration yet, so that it can promise no false-alarm rate. */
public final class NotCalibratedException extends ConfigException {
  NotCalibratedException(String file, String message) {
    super(file, message);
  }
}
