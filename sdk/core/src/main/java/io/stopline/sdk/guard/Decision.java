package io.stopline.sdk.guard;

/** What the guard advises about a label. */
public enum Decision {
  /** Nothing odd was found; use the label. */
  ACCEPT,
  /** The track is less like clean data than the policy's false-alarm rate allows. */
  SUSPECT,
  /** The guard could not look closely enough (too small, out of time, a model failed). */
  ABSTAIN,
  /**
   * What is seen is no traffic sign, or none of the kinds that the guard knows: neither accepted
   * nor suspect, dropped and counted.
   */
  NO_SIGN
}
