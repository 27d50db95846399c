package io.stopline.autodiff;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/** A Java array in the precision of a model, copied from and to native memory. */
sealed interface Numbers {

  /** Fills {@code target} with what begins at {@code offset}. */
  void read(int offset, ByteBuffer target);

  /** Stores all of {@code source} from {@code offset} on. */
  void write(int offset, ByteBuffer source);

  final class Floats implements Numbers {
    private final float[] values;

    Floats(float[] values) {
      this.values = values;
    }

    @Override
    public void read(int offset, ByteBuffer target) {
      FloatBuffer floats = target.asFloatBuffer();
      floats.put(values, offset, floats.remaining());
    }

    @Override
    public void write(int offset, ByteBuffer source) {
      FloatBuffer floats = source.asFloatBuffer();
      floats.get(values, offset, floats.remaining());
    }
  }

  final class Doubles implements Numbers {
    private final double[] values;

    Doubles(double[] values) {
      this.values = values;
    }

    @Override
    public void read(int offset, ByteBuffer target) {
      DoubleBuffer doubles = target.asDoubleBuffer();
      doubles.put(values, offset, doubles.remaining());
    }

    @Override
    public void write(int offset, ByteBuffer source) {
      DoubleBuffer doubles = source.asDoubleBuffer();
      doubles.get(values, offset, doubles.remaining());
    }
  }
}
