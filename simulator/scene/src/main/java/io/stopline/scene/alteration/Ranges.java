package io.stopline.scene.alteration;

/** Says what is wrong with a number of an alteration, and what it may be. */
final class Ranges {

  private Ranges() {}

  static void check(String what, String name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(
          "alteration: %s: %s is %s; it must be %s to %s"
              .formatted(what, name, text(value), text(low), text(high)));
    }
  }

  static void checkLength(String what, String name, double value, double most) {
    if (!(value > 0 && value <= most)) {
      throw new IllegalArgumentException(
          "alteration: %s: %s is %s; it must be above 0 and at most %s, where 1 is the sign's"
                  .formatted(what, name, text(value), text(most))
              + " larger side");
    }
  }

  static void checkCount(String what, String name, int count, int least, int most) {
    if (count < least || count > most) {
      throw new IllegalArgumentException(
          "alteration: %s: there are %d %s; there must be %d to %d"
              .formatted(what, count, name, least, most));
    }
  }

  static void checkColour(String what, int rgb) {
    if (rgb < 0 || rgb > 0xffffff) {
      throw new IllegalArgumentException(
          "alteration: %s: rgb is 0x%x; it must be 0x000000 to 0xffffff".formatted(what, rgb));
    }
  }

  static void checkSheet(
      String what, double x, double y, double width, double height, double rotationDegrees) {
    check(what, "x", x, -1, 2);
    check(what, "y", y, -1, 2);
    checkLength(what, "width", width, 2);
    checkLength(what, "height", height, 2);
    check(what, "rotationDegrees", rotationDegrees, -360, 360);
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
