package io.stopline.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * Real {@code .tflite} files that give one box, one score and one label a row, as exports do that
 * choose inside the graph: 1×128×160×3 of 0..1 in, three labels, corners as shares of the input.
 * They find the red squares of {@link YoloModel}. A test in {@code simulator/training} writes them
 * again, byte by byte.
 */
public enum LabelledBoxesModel {
  /** {@code 1×20×6}: left, top, right, bottom, score, label of the 20 best; not suppressed. */
  BEST,
  /** Labels {@code 1×420}, boxes {@code 1×420×4} and scores {@code 1×420}, in this order. */
  APART;

  /** How many rows {@link #BEST} has. */
  public static final int ROWS = 20;

  /** Name of the file, such as {@code labelled-boxes-best.tflite}. */
  public String file() {
    return "labelled-boxes-" + name().toLowerCase(Locale.ROOT) + ".tflite";
  }

  /** The file's bytes. */
  public byte[] bytes() {
    try (InputStream in = LabelledBoxesModel.class.getResourceAsStream(file())) {
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
