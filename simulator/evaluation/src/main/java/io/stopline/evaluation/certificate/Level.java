package io.stopline.evaluation.certificate;

import java.util.Locale;

/** What a certificate is about: the exact class, or the group of look-alike signs it belongs to. */
public enum Level {
  CLASS,
  GROUP;

  /** As reports have it: {@code class}, {@code group}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
