package io.stopline.fleet.internal.store;

/** What became of a review that was to be added. */
public enum ReviewOutcome {
  /** It is stored and counts. */
  ADDED,
  /** There is no such incident; nothing was stored. */
  NO_SUCH_INCIDENT,
  /** Another decision was made since the reviewer looked; nothing was stored. */
  OVERTAKEN
}
