package io.stopline.sdk.model;

/**
 * Neighbouring pixels or cells of one axis, both ends included; empty if {@code last < first}.
 *
 * @param first from 0 on
 */
public record Span(int first, int last) {

  /** None. */
  public static final Span EMPTY = new Span(0, -1);

  /** The one that begins here and has so many. */
  public static Span of(int first, int length) {
    return new Span(first, first + length - 1);
  }

  /** How many there are, 0 or more. */
  public int length() {
    return Math.max(0, last - first + 1);
  }

  public boolean isEmpty() {
    return last < first;
  }

  /** Whether all of another one lies in this one. */
  public boolean covers(Span other) {
    return other.isEmpty() || (first <= other.first && other.last <= last);
  }

  /** The least one that covers both. */
  public Span hull(Span other) {
    if (isEmpty() || other.isEmpty()) {
      return isEmpty() ? other : this;
    }
    return new Span(Math.min(first, other.first), Math.max(last, other.last));
  }
}
