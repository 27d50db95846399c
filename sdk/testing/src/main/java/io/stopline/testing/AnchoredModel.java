package io.stopline.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * Real {@code .tflite} files of detectors without post-processing, as MediaPipe's tools write them:
 * 1×128×160×3 of 0..1 in, boxes {@code 1×420×4} relative to anchors and scores {@code 1×420×3} out,
 * the anchors in their metadata and the three labels in an archive behind them. They find the red
 * squares of {@link YoloModel}. A test in {@code simulator/training} writes them again, byte by
 * byte.
 */
public enum AnchoredModel {
  /** Float32, probabilities, all scales 1. */
  RED,
  /** The same in full integers, int8 in and out. */
  RED_INT8,
  /** Scores before the logistic function, and first; the scales of x and y are 10, of sizes 5. */
  RED_LOGITS;

  /** How many candidates they give. */
  public static final int CANDIDATES = 420;

  /** Whether scores are before the logistic function. */
  public boolean isLogits() {
    return this == RED_LOGITS;
  }

  /** Name of the file, such as {@code anchored-red-int8.tflite}. */
  public String file() {
    return "anchored-" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".tflite";
  }

  /** The file's bytes. */
  public byte[] bytes() {
    try (InputStream in = AnchoredModel.class.getResourceAsStream(file())) {
      if (in == null) {
        throw new IllegalStateException(
            "resource " + file() + " is missing; build the module again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
