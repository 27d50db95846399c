package io.stopline.campaign.proving;

/** What a vehicle knows of a sign at the decision point. */
public enum Standing {
  /** The right label is in force; where no sign is, none. */
  RIGHT,
  /** A wrong label is in force. */
  WRONG,
  /** No label is in force, because the sign is suspected. */
  SUSPECTED,
  /** No label is in force yet. */
  UNDECIDED
}
