package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Copies an output tensor into an array by one bulk move, so that scanning it needs no buffer
 * access a value, and gives its elements as real numbers. Allocates nothing when it reads.
 */
final class OutputReader {

  private final ByteBuffer bytes;
  private final FloatBuffer floats;
  private final float[] reals;
  private final byte[] stored;

  /** What each stored byte means; empty for float tensors. */
  private final float[] meaning;

  private final int flip;

  /** The meaning of all stored bytes, for those who ask for it. */
  private float[] decoded = {};

  OutputReader(VisionModel model, int output) {
    TensorSpec spec = model.outputs().get(output);
    bytes = model.output(output).duplicate().order(ByteOrder.nativeOrder());
    bytes.clear();
    floats = bytes.asFloatBuffer();
    boolean real = spec.type() == ElementType.FLOAT32;
    reals = new float[real ? spec.elements() : 0];
    stored = new byte[real ? 0 : spec.elements()];
    // Bytes are ordered as signed numbers; unsigned ones with their highest bit flipped.
    flip = spec.type() == ElementType.UINT8 ? 0x80 : 0;
    meaning = new float[real ? 0 : 256];
    for (int i = 0; i < meaning.length; i++) {
      int value = spec.type() == ElementType.UINT8 ? i : i - 128;
      meaning[i] = (float) (spec.scale() * (value - spec.zeroPoint()));
    }
  }

  /** Fetches what the last run gave. */
  void fetch() {
    if (isReal()) {
      floats.rewind();
      floats.get(reals);
    } else {
      bytes.rewind();
      bytes.get(stored);
    }
  }

  /** Whether the tensor holds floats; otherwise it is quantised. */
  boolean isReal() {
    return meaning.length == 0;
  }

  /** One element. */
  float real(int index) {
    return isReal() ? reals[index] : meaning[128 + level(index)];
  }

  /** A float tensor's elements. */
  float[] reals() {
    return reals;
  }

  /**
   * All elements as real numbers, as they were fetched last; the same array each time, to be read
   * only.
   */
  float[] all() {
    if (isReal()) {
      return reals;
    }
    if (decoded.length != stored.length) {
      decoded = new float[stored.length];
    }
    for (int i = 0; i < decoded.length; i++) {
      decoded[i] = meaning[128 + (byte) (stored[i] ^ flip)];
    }
    return decoded;
  }

  /** A quantised element as −128..127, in the order of the numbers that they mean. */
  int level(int index) {
    return (byte) (stored[index] ^ flip);
  }

  /** The lowest level that means at least {@code value}; 128 if none does. */
  int lowestLevel(double value) {
    for (int i = 0; i < meaning.length; i++) {
      if (meaning[i] >= value) {
        return i - 128;
      }
    }
    return 128;
  }
}
