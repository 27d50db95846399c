package io.stopline.campaign.detectorattack;

/** What is tried beside the attack to see whether its figures mean anything. */
public enum Control {
  /** The same area in one grey: should do little. */
  GREY("grey"),
  /** The same area in random colours: should do little. */
  NOISE("noise"),
  /** The same search over the whole object: should do all. */
  HUGE("huge"),
  /** The same search with twice the steps: should change nothing. */
  MORE_STEPS("moreSteps"),
  /** A search by scores alone that asks as often: should not do better. */
  QUERIES("queries");

  private final String field;

  Control(String field) {
    this.field = field;
  }

  /** As reports have it. */
  public String field() {
    return field;
  }
}
