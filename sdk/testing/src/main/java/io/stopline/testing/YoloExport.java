package io.stopline.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * {@link YoloModel#V8_RED} in the forms in which exporters write one net, beside float32 and full
 * integers: 1×128×160×3 float32 of 0..1 in, {@code 1×7×420} float32 out, boxes as shares. A test in
 * {@code simulator/training} writes the files again, byte by byte.
 */
public enum YoloExport {
  /** Weights as float16, unpacked by an operator. */
  FLOAT16,
  /** Weights as int8, one scale a channel; the rest is computed in float32. */
  DYNAMIC_RANGE_QUANT,
  /** {@link YoloModel#V8_RED_INT8} between operators that round what comes and goes as float32. */
  INTEGER_QUANT;

  /** Name of the file, such as {@code yolo-v8-red_float16.tflite}. */
  public String file() {
    return "yolo-v8-red_" + name().toLowerCase(Locale.ROOT) + ".tflite";
  }

  /** The file's bytes. */
  public byte[] bytes() {
    try (InputStream in = YoloExport.class.getResourceAsStream(file())) {
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
