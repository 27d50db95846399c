package io.stopline.config;

/**
 * A calibration was made for another policy or for other models, so that its promise would be void.
 */
public final class CalibrationMismatchException extends ConfigException {
  CalibrationMismatchException(String file, String message) {
    super(file, message);
  }
}
