package io.stopline.evidence.check;

/**
 * One reason why a pack is rejected.
 *
 * @param thing what is wrong
 * @param place file of the pack, with a pointer where that helps
 * @param cure what to do
 */
public record Finding(String thing, String place, String cure) {

  /** One line for people. */
  @Override
  public String toString() {
    return "%s: %s; %s".formatted(place, thing, cure);
  }
}
