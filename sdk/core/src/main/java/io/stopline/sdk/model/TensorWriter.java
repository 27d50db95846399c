package io.stopline.sdk.model;

import java.nio.ByteBuffer;

/**
 * Turns 8-bit pixels into the numbers of an input tensor by one lookup a value: photometric curve,
 * input encoding and the tensor's quantisation are one table of 256 entries a channel. Belongs to
 * one thread; allocates nothing when it writes.
 */
public final class TensorWriter {

  /** Entries a channel of a table or a curve: one for each 8-bit pixel value. */
  public static final int LENGTH = 256;

  private final ElementType type;
  private final double[] slope = new double[3];
  private final double[] intercept = new double[3];
  private final int least;
  private final int most;

  private final float[] plainReals = new float[3 * LENGTH];
  private final byte[] plainBytes = new byte[3 * LENGTH];
  private final float[] drawnReals = new float[3 * LENGTH];
  private final byte[] drawnBytes = new byte[3 * LENGTH];

  /** Bytes on their way into a tensor: many at once cost less than one by one. */
  private final byte[] chunk = new byte[3 * LENGTH];

  private float[] reals = plainReals;
  private byte[] bytes = plainBytes;

  /**
   * @param spec the input tensor, whose last dimension is the three channels
   */
  public TensorWriter(TensorSpec spec, InputEncoding encoding) {
    type = spec.type();
    least = type == ElementType.INT8 ? -128 : 0;
    most = type == ElementType.INT8 ? 127 : 255;
    double unit = type == ElementType.FLOAT32 ? 1 : spec.scale();
    for (int c = 0; c < 3; c++) {
      double deviation = encoding.deviation().get(c);
      slope[c] = (encoding.high() - encoding.low()) / (deviation * unit);
      intercept[c] = (encoding.low() - encoding.mean().get(c)) / (deviation * unit);
      intercept[c] += spec.zeroPoint();
      for (int v = 0; v < LENGTH; v++) {
        double real = encoding.real(v, c);
        plainReals[LENGTH * c + v] = (float) real;
        plainBytes[LENGTH * c + v] = quantise(real / unit + spec.zeroPoint());
      }
    }
  }

  /** Writes pixels as they are from now on. */
  public void usePlainTable() {
    reals = plainReals;
    bytes = plainBytes;
  }

  /**
   * Writes pixels through curves from now on.
   *
   * @param curves 3·256 values 0..1
   */
  public void useCurves(double[] curves) {
    for (int c = 0; c < 3; c++) {
      double a = slope[c];
      double b = intercept[c];
      if (type == ElementType.FLOAT32) {
        for (int i = LENGTH * c; i < LENGTH * (c + 1); i++) {
          drawnReals[i] = (float) (a * curves[i] + b);
        }
      } else {
        for (int i = LENGTH * c; i < LENGTH * (c + 1); i++) {
          drawnBytes[i] = quantise(a * curves[i] + b);
        }
      }
    }
    reals = drawnReals;
    bytes = drawnBytes;
  }

  /** Rounds half up; NaN cannot arise, encodings and curves are finite. */
  private byte quantise(double value) {
    int rounded = (int) Math.floor(value + 0.5);
    return (byte) Math.max(least, Math.min(most, rounded));
  }

  /**
   * Writes pixels with the table in use; a new writer uses the plain one.
   *
   * @param pixels RGB, interleaved, from index {@code from}
   * @param values how many of them, a multiple of 3
   * @param tensor native order
   * @param element index of the tensor's first element to write
   */
  public void write(byte[] pixels, int from, int values, ByteBuffer tensor, int element) {
    if (type == ElementType.FLOAT32) {
      float[] table = reals;
      for (int i = 0; i < values; i += 3) {
        int at = 4 * (element + i);
        tensor.putFloat(at, table[pixels[from + i] & 0xff]);
        tensor.putFloat(at + 4, table[LENGTH + (pixels[from + i + 1] & 0xff)]);
        tensor.putFloat(at + 8, table[2 * LENGTH + (pixels[from + i + 2] & 0xff)]);
      }
    } else {
      byte[] table = bytes;
      for (int done = 0; done < values; done += chunk.length) {
        int n = Math.min(chunk.length, values - done);
        int at = from + done;
        for (int i = 0; i < n; i += 3) {
          chunk[i] = table[pixels[at + i] & 0xff];
          chunk[i + 1] = table[LENGTH + (pixels[at + i + 1] & 0xff)];
          chunk[i + 2] = table[2 * LENGTH + (pixels[at + i + 2] & 0xff)];
        }
        tensor.put(element + done, chunk, 0, n);
      }
    }
  }
}
