package io.stopline.evaluation.export;

/** Something more that is known of an object in a frame. */
public sealed interface Attribute {

  /** Unique among the attributes of one object. */
  String name();

  /**
   * A number.
   *
   * @param value finite
   */
  record Num(String name, double value) implements Attribute {
    /**
     * @throws IllegalArgumentException if the value is not finite: JSON has no such numbers
     */
    public Num {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "attribute '%s' is %s; leave out what is not known".formatted(name, value));
      }
    }
  }

  /** Words. */
  record Text(String name, String value) implements Attribute {}

  /** Yes or no. */
  record Flag(String name, boolean value) implements Attribute {}
}
