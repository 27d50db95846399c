package io.stopline.studio.demo;

/** The demonstration's three drives, in the order in which they are played. */
public enum Part {
  CLEAN("clean", "Clean sign"),
  ATTACKED("attacked", "Altered sign"),
  CONTROL("control", "Shuffled stickers");

  private final String key;
  private final String title;

  Part(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /** In reports, file names and addresses. */
  public String key() {
    return key;
  }

  /** For people. */
  public String title() {
    return title;
  }

  /** Whether somebody wants the model to err. */
  public boolean isAttacked() {
    return this == ATTACKED;
  }
}
