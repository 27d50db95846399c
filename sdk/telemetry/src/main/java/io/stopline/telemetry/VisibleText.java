package io.stopline.telemetry;

/**
 * Makes characters visible that a terminal, a log or a page would obey or hide instead of showing:
 * controls (an escape sequence clears a screen), marks that turn the direction of writing (Unicode
 * UAX #9; a name may be read backwards), other characters without a shape, separators of lines and
 * halves of surrogate pairs. Each becomes its escape, such as {@code \u202E}; line feed, carriage
 * return and tab become {@code \n}, {@code \r} and {@code \t}. For people to read, not to be turned
 * back: a backslash stays as it is. Stateless and thread-safe.
 */
public final class VisibleText {

  /** Unicode's plane of tags and variation selectors: nothing in it has a shape of its own. */
  private static final int INVISIBLE_PLANE = 14;

  private VisibleText() {}

  /**
   * One name or value on one line: line ends become visible too.
   *
   * @return the same object if there is nothing to show, so that usual names cost no memory
   */
  public static String of(String text) {
    return visible(text, false);
  }

  /**
   * A text of several lines, such as a report or an error message: line feeds and tabs stay; a
   * carriage return stays in front of a line feed only, since alone it overwrites its line.
   *
   * @return the same object if there is nothing to show
   */
  public static String lines(String text) {
    return visible(text, true);
  }

  private static String visible(String text, boolean keepLines) {
    int length = text.length();
    int i = 0;
    while (i < length && isShown(text, i, keepLines)) {
      i++;
    }
    if (i == length) {
      return text;
    }
    StringBuilder out = new StringBuilder(length + 16).append(text, 0, i);
    for (; i < length; i++) {
      char c = text.charAt(i);
      if (isShown(text, i, keepLines)) {
        out.append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else if (c == '\r') {
        out.append("\\r");
      } else if (c == '\t') {
        out.append("\\t");
      } else {
        out.append("\\u%04X".formatted((int) c));
      }
    }
    return out.toString();
  }

  /** Whether the character at an index may stand as it is. */
  private static boolean isShown(String text, int index, boolean keepLines) {
    char c = text.charAt(index);
    if (c >= ' ' && c < 0x7f) {
      return true;
    }
    if (keepLines && (c == '\n' || c == '\t' || (c == '\r' && isFollowedByLineFeed(text, index)))) {
      return true;
    }
    // Both halves of a pair are judged by the character that they make together.
    int codePoint = c;
    if (Character.isSurrogate(c)) {
      codePoint =
          Character.isHighSurrogate(c) ? text.codePointAt(index) : text.codePointBefore(index + 1);
    }
    if (codePoint >> 16 == INVISIBLE_PLANE) {
      return false;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static boolean isFollowedByLineFeed(String text, int index) {
    return index + 1 < text.length() && text.charAt(index + 1) == '\n';
  }
}
