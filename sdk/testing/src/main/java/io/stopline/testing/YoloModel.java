package io.stopline.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * Real {@code .tflite} files with the heads of YOLO v5 and v8, for tests of what reads, runs or
 * attacks detectors: 1×128×160×3 of 0..1 in, three labels, strides 8, 16 and 32. Those called red
 * find saturated red squares of 16 px before grey, to a fraction of a pixel; the weights of the
 * others are random. A test in {@code simulator/training} writes them again, byte by byte.
 */
public enum YoloModel {
  /** {@code 1×1260×8} float32. */
  V5_RED(true, true),
  V5_RANDOM(true, true),
  /** The same functions in full integers, uint8 in and out, without operators that cut. */
  V5_RED_INT8(true, true),
  V5_RANDOM_INT8(true, true),
  /** {@code 1×7×420} float32; a box side is one value. */
  V8_RED(false, true),
  /** A box side is the mean of 16 values by their softmax (DFL). */
  V8_RANDOM(false, false),
  /** The same functions in full integers, int8 in and out, without operators that cut. */
  V8_RED_INT8(false, true),
  V8_RANDOM_INT8(false, true);

  public static final int WIDTH = 160;
  public static final int HEIGHT = 128;

  /** The kinds of objects, one a line; the second is the one that red files find. */
  public static final String LABELS = "blue thing\nred thing\ngreen thing\n";

  private final boolean v5;
  private final boolean normalised;

  YoloModel(boolean v5, boolean normalised) {
    this.v5 = v5;
    this.normalised = normalised;
  }

  /** Whether candidates have an objectness, {@code 1×N×(5+C)}; else {@code 1×(4+C)×N}. */
  public boolean isV5() {
    return v5;
  }

  /** Whether boxes are shares of the input; else pixels. */
  public boolean isNormalised() {
    return normalised;
  }

  /** Whether it finds red squares; else its weights are random. */
  public boolean isRed() {
    return name().contains("RED");
  }

  /** Whether it computes in integers. */
  public boolean isInteger() {
    return name().endsWith("INT8");
  }

  /** Name of the file, such as {@code yolo-v5-red.tflite}. */
  public String file() {
    return "yolo-" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".tflite";
  }

  /** The file's bytes. */
  public byte[] bytes() {
    try (InputStream in = YoloModel.class.getResourceAsStream(file())) {
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
