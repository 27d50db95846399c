package io.stopline.agent;

/** Texts as the wire takes them: no control characters, bounded. */
final class Texts {

  private Texts() {}

  static String limited(String text, int length) {
    StringBuilder clean = new StringBuilder(Math.min(text.length(), length));
    for (int i = 0; i < text.length() && clean.length() < length; i++) {
      char c = text.charAt(i);
      clean.append(Character.isISOControl(c) ? ' ' : c);
    }
    int end = clean.length();
    if (end > 0 && Character.isHighSurrogate(clean.charAt(end - 1))) {
      clean.setLength(end - 1);
    }
    return clean.toString();
  }

  /** The same, but never empty. */
  static String required(String text, int length) {
    return text.isEmpty() ? "?" : limited(text, length);
  }
}
