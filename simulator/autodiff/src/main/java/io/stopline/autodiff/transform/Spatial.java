package io.stopline.autodiff.transform;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.DctQuantisation;
import io.stopline.sdk.transform.GaussianNoise;
import io.stopline.sdk.transform.MedianSmoothing;
import io.stopline.sdk.transform.RandomErasing;
import io.stopline.sdk.transform.SpatialScratch;
import io.stopline.sdk.transform.SpatialTransform;

/** One spatial transform, for one draw at a time. Belongs to one thread. */
abstract class Spatial {

  /**
   * Applies the draw in place and remembers what the way back needs.
   *
   * @param pixels 0..255
   * @param rounds whether to round as the core does; then the pixels are whole
   */
  abstract void forward(
      double[] parameters, int offset, RandomStream noise, float[] pixels, boolean rounds);

  /** Turns the derivative with respect to what came out into that with respect to what went in. */
  abstract void backward(float[] gradient);

  static Spatial of(SpatialTransform transform, ImageShape shape, StandIn standIn) {
    if (transform instanceof GaussianNoise) {
      return new Noise(shape);
    }
    if (transform instanceof RandomErasing) {
      return new Erasing(shape);
    }
    if (transform instanceof MedianSmoothing) {
      return new Median(shape);
    }
    if (transform instanceof DctQuantisation dct) {
      return new Dct(dct, shape, standIn);
    }
    throw new IllegalArgumentException(
        "transform '%s' has no differentiable form; an attack that passed it by would flatter the guard: give Spatial one"
            .formatted(transform.name()));
  }

  static float clip(double value) {
    return (float) Math.max(0, Math.min(255, value));
  }

  /** Adds; the derivative is one, and nothing where the sum saturates. */
  private static final class Noise extends Spatial {
    private final boolean[] saturated;

    Noise(ImageShape shape) {
      saturated = new boolean[shape.size()];
    }

    @Override
    void forward(
        double[] parameters, int offset, RandomStream noise, float[] pixels, boolean rounds) {
      double deviation = parameters[offset];
      for (int i = 0; i < pixels.length; i++) {
        double value = pixels[i] + deviation * noise.nextGaussian();
        saturated[i] = value < 0 || value > 255;
        pixels[i] = clip(rounds ? (int) (value + 0.5) : value);
      }
    }

    @Override
    void backward(float[] gradient) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] = saturated[i] ? 0 : gradient[i];
      }
    }
  }

  /** What is painted over does not count. */
  private static final class Erasing extends Spatial {
    private final ImageShape shape;
    private int left;
    private int top;
    private int right;
    private int bottom;

    Erasing(ImageShape shape) {
      this.shape = shape;
    }

    @Override
    void forward(
        double[] parameters, int offset, RandomStream noise, float[] pixels, boolean rounds) {
      left = edge(parameters[offset], shape.width());
      top = edge(parameters[offset + 1], shape.height());
      right = edge(parameters[offset] + parameters[offset + 2], shape.width());
      bottom = edge(parameters[offset + 1] + parameters[offset + 3], shape.height());
      paint(
          pixels,
          (float) parameters[offset + 4],
          (float) parameters[offset + 5],
          (float) parameters[offset + 6]);
    }

    private static int edge(double fraction, int side) {
      return Math.min(side, (int) (fraction * side + 0.5));
    }

    private void paint(float[] values, float red, float green, float blue) {
      for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
          int i = 3 * (y * shape.width() + x);
          values[i] = red;
          values[i + 1] = green;
          values[i + 2] = blue;
        }
      }
    }

    @Override
    void backward(float[] gradient) {
      paint(gradient, 0, 0, 0);
    }
  }

  /** The derivative goes to the value that was chosen: exact wherever there is one. */
  private static final class Median extends Spatial {
    private final ImageShape shape;
    private final int[] chosen;
    private final float[] copy;
    private final float[] values = new float[9];
    private final int[] places = new int[9];

    Median(ImageShape shape) {
      this.shape = shape;
      chosen = new int[shape.size()];
      copy = new float[shape.size()];
    }

    @Override
    void forward(
        double[] parameters, int offset, RandomStream noise, float[] pixels, boolean rounds) {
      System.arraycopy(pixels, 0, copy, 0, copy.length);
      // A 2×2 square reaches left and up, and its third smallest counts.
      boolean two = parameters[offset] < 3;
      int reach = two ? 0 : 1;
      int rank = two ? 2 : 4;
      for (int y = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          for (int c = 0; c < 3; c++) {
            int count = 0;
            for (int v = y - 1; v <= y + reach; v++) {
              int row = Math.max(0, Math.min(shape.height() - 1, v)) * shape.width();
              for (int u = x - 1; u <= x + reach; u++) {
                int at = 3 * (row + Math.max(0, Math.min(shape.width() - 1, u))) + c;
                insert(copy[at], at, count++);
              }
            }
            int to = 3 * (y * shape.width() + x) + c;
            chosen[to] = places[rank];
            pixels[to] = values[rank];
          }
        }
      }
    }

    private void insert(float value, int place, int count) {
      int i = count;
      for (; i > 0 && values[i - 1] > value; i--) {
        values[i] = values[i - 1];
        places[i] = places[i - 1];
      }
      values[i] = value;
      places[i] = place;
    }

    @Override
    void backward(float[] gradient) {
      System.arraycopy(gradient, 0, copy, 0, copy.length);
      java.util.Arrays.fill(gradient, 0);
      for (int i = 0; i < copy.length; i++) {
        gradient[chosen[i]] += copy[i];
      }
    }
  }

  /**
   * Quantised coefficients. Going back, rounding has a stand-in and all else is the exact
   * transpose: colour, transform, repeated edges. With the identity as stand-in the transforms
   * cancel.
   */
  private static final class Dct extends Spatial {
    private static final int BLOCK = 8;
    private static final float[] BASIS = basis();

    /** Rows: Y, Cb, Cr from red, green, blue (JFIF); as the core has them. */
    private static final float[] COLOUR = {
      0.299f, 0.587f, 0.114f, -0.168736f, -0.331264f, 0.5f, 0.5f, -0.418688f, -0.081312f
    };

    /** Rows: red, green, blue from Y, Cb, Cr. */
    private static final float[] BACK = {1, 0, 1.402f, 1, -0.344136f, -0.714136f, 1, 1.772f, 0};

    private final DctQuantisation transform;
    private final ImageShape shape;
    private final StandIn standIn;
    private final int stride;
    private final int rows;
    private final float[] planes;
    private final float[] slopes;
    private final boolean[] saturated;
    private final float[] block = new float[BLOCK * BLOCK];
    private final float[] half = new float[BLOCK * BLOCK];
    private final int[] whole;
    private final SpatialScratch scratch;

    Dct(DctQuantisation transform, ImageShape shape, StandIn standIn) {
      this.transform = transform;
      this.shape = shape;
      this.standIn = standIn;
      stride = (shape.width() + BLOCK - 1) / BLOCK * BLOCK;
      rows = (shape.height() + BLOCK - 1) / BLOCK * BLOCK;
      planes = new float[3 * stride * rows];
      slopes = new float[planes.length];
      saturated = new boolean[shape.size()];
      whole = new int[shape.size()];
      scratch = new SpatialScratch(shape.width(), shape.height());
    }

    /** The orthonormal transform: row by frequency. */
    private static float[] basis() {
      float[] b = new float[BLOCK * BLOCK];
      for (int f = 0; f < BLOCK; f++) {
        for (int x = 0; x < BLOCK; x++) {
          double scale = f == 0 ? Math.sqrt(0.125) : 0.5;
          b[BLOCK * f + x] = (float) (scale * Math.cos((2 * x + 1) * f * Math.PI / 16));
        }
      }
      return b;
    }

    @Override
    void forward(
        double[] parameters, int offset, RandomStream noise, float[] pixels, boolean rounds) {
      if (rounds) {
        for (int i = 0; i < whole.length; i++) {
          whole[i] = (int) pixels[i];
        }
      }
      int quality = (int) parameters[offset];
      toPlanes(pixels);
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < rows; y += BLOCK) {
          for (int x = 0; x < stride; x += BLOCK) {
            quantise((c * rows + y) * stride + x, quality, c > 0);
          }
        }
      }
      fromPlanes(pixels);
      if (rounds) {
        // The core itself, because a coefficient on the edge of a step must fall to the same side.
        transform.apply(parameters, offset, noise, whole, shape.width(), shape.height(), scratch);
        for (int i = 0; i < whole.length; i++) {
          pixels[i] = whole[i];
        }
      }
    }

    private void toPlanes(float[] pixels) {
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < stride; x++) {
          int from = pixel(x, y);
          float r = pixels[from];
          float g = pixels[from + 1];
          float b = pixels[from + 2];
          for (int c = 0; c < 3; c++) {
            planes[(c * rows + y) * stride + x] =
                COLOUR[3 * c] * r
                    + COLOUR[3 * c + 1] * g
                    + COLOUR[3 * c + 2] * b
                    - (c == 0 ? 128 : 0);
          }
        }
      }
    }

    private int pixel(int x, int y) {
      return 3 * (Math.min(shape.height() - 1, y) * shape.width() + Math.min(shape.width() - 1, x));
    }

    private void fromPlanes(float[] pixels) {
      for (int y = 0, o = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          int at = y * stride + x;
          float luma = planes[at] + 128;
          float cb = planes[at + stride * rows];
          float cr = planes[at + 2 * stride * rows];
          for (int c = 0; c < 3; c++, o++) {
            float value = luma + BACK[3 * c + 1] * cb + BACK[3 * c + 2] * cr;
            saturated[o] = value < 0 || value > 255;
            pixels[o] = clip(value);
          }
        }
      }
    }

    private void quantise(int at, int quality, boolean chrominance) {
      forwardBlock(planes, at);
      for (int v = 0; v < BLOCK; v++) {
        for (int u = 0; u < BLOCK; u++) {
          int step = DctQuantisation.step(quality, chrominance, BLOCK * v + u);
          float level = block[BLOCK * v + u] / step;
          float nearest = (float) Math.rint(level);
          float off = level - nearest;
          slopes[at + stride * v + u] = standIn == StandIn.IDENTITY ? 1 : 3 * off * off;
          block[BLOCK * v + u] = nearest * step;
        }
      }
      inverseBlock(planes, at);
    }

    /** From a block of the planes to coefficients. */
    private void forwardBlock(float[] p, int at) {
      for (int y = 0; y < BLOCK; y++) {
        for (int u = 0; u < BLOCK; u++) {
          float sum = 0;
          for (int x = 0; x < BLOCK; x++) {
            sum += BASIS[BLOCK * u + x] * p[at + stride * y + x];
          }
          half[BLOCK * y + u] = sum;
        }
      }
      for (int v = 0; v < BLOCK; v++) {
        for (int u = 0; u < BLOCK; u++) {
          float sum = 0;
          for (int y = 0; y < BLOCK; y++) {
            sum += BASIS[BLOCK * v + y] * half[BLOCK * y + u];
          }
          block[BLOCK * v + u] = sum;
        }
      }
    }

    private void inverseBlock(float[] p, int at) {
      for (int y = 0; y < BLOCK; y++) {
        for (int u = 0; u < BLOCK; u++) {
          float sum = 0;
          for (int v = 0; v < BLOCK; v++) {
            sum += BASIS[BLOCK * v + y] * block[BLOCK * v + u];
          }
          half[BLOCK * y + u] = sum;
        }
      }
      for (int y = 0; y < BLOCK; y++) {
        for (int x = 0; x < BLOCK; x++) {
          float sum = 0;
          for (int u = 0; u < BLOCK; u++) {
            sum += BASIS[BLOCK * u + x] * half[BLOCK * y + u];
          }
          p[at + stride * y + x] = sum;
        }
      }
    }

    @Override
    void backward(float[] gradient) {
      java.util.Arrays.fill(planes, 0);
      for (int y = 0, o = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++, o += 3) {
          for (int c = 0; c < 3; c++) {
            float sum = 0;
            for (int k = 0; k < 3; k++) {
              sum += saturated[o + k] ? 0 : BACK[3 * k + c] * gradient[o + k];
            }
            planes[(c * rows + y) * stride + x] = sum;
          }
        }
      }
      if (standIn != StandIn.IDENTITY) {
        for (int c = 0; c < 3; c++) {
          for (int y = 0; y < rows; y += BLOCK) {
            for (int x = 0; x < stride; x += BLOCK) {
              int at = (c * rows + y) * stride + x;
              // The transform is orthonormal: its inverse is its transpose.
              forwardBlock(planes, at);
              for (int v = 0; v < BLOCK; v++) {
                for (int u = 0; u < BLOCK; u++) {
                  block[BLOCK * v + u] *= slopes[at + stride * v + u];
                }
              }
              inverseBlock(planes, at);
            }
          }
        }
      }
      java.util.Arrays.fill(gradient, 0);
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < stride; x++) {
          int to = pixel(x, y);
          for (int k = 0; k < 3; k++) {
            float sum = 0;
            for (int c = 0; c < 3; c++) {
              sum += COLOUR[3 * c + k] * planes[(c * rows + y) * stride + x];
            }
            gradient[to + k] += sum;
          }
        }
      }
    }
  }
}
