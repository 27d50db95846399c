package io.stopline.sdk.model;

/** A model was run and the runtime reported a failure. */
public final class InferenceException extends RuntimeException {
  public InferenceException(String message) {
    super(message);
  }
}
