package io.stopline.campaign.robustness;

/** A run folder belongs to a run with other settings. */
public final class ForeignRunException extends RuntimeException {

  ForeignRunException(String message) {
    super(message);
  }
}
