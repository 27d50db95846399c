package io.stopline.sdk.transform;

/** Validates the parameters of transforms. */
final class Ranges {

  private Ranges() {}

  /** Refuses a value outside low..high (both inclusive) and one that is not a number. */
  static void inside(String transform, String parameter, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(
          "%s: %s is %s; it must lie in %s..%s".formatted(transform, parameter, value, low, high));
    }
  }

  /** Refuses a range that is empty or leaves low..high. */
  static void ordered(
      String transform, String parameter, double minimum, double maximum, double low, double high) {
    inside(transform, "minimum " + parameter, minimum, low, high);
    inside(transform, "maximum " + parameter, maximum, low, high);
    if (minimum > maximum) {
      throw new IllegalArgumentException(
          "%s: minimum %s %s is above maximum %s; swap them"
              .formatted(transform, parameter, minimum, maximum));
    }
  }
}
