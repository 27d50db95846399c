package io.stopline.campaign.track;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A differentiable stand-in for one near frame: from what is on a sign's face to the picture that
 * models get of it. In linear light it is affine; light, haze, shading and the sensor's noise are
 * those of three exact pictures, of the sign as it is, and all covered with black and with white
 * film:
 *
 * <pre>light = clean · (1 − cover) + cover · dark + ink · (bright − dark)</pre>
 *
 * where cover and ink of a pixel are weighted sums over the face's cells. Then the tone curve, the
 * exact JPEG codec where there is one (backwards as if it were not there, Shin and Song 2017), the
 * cut-out and the guard's resampling. Immutable; traces belong to one thread.
 */
final class FrameView {

  /** What a camera's codec makes of a picture, and of nothing else than its values. */
  interface Codec {
    Image trip(Image image);
  }

  private final int width;
  private final int height;
  private final float[] clean;
  private final float[] dark;
  private final float[] bright;
  private final int[] starts;
  private final int[] cells;
  private final float[] weights;
  private final @Nullable Codec codec;

  /**
   * @param clean exact picture; all three of one size
   * @param dark all of the face in black film
   * @param bright all of it in white film
   * @param weights what each pixel shows of the face's cells
   * @param codec null for none
   */
  FrameView(Image clean, Image dark, Image bright, CellWeights weights, @Nullable Codec codec) {
    this(lights(clean), lights(dark), lights(bright), clean, weights, codec);
  }

  /** As above, of linear light, three values a pixel, row by row. */
  FrameView(
      float[] clean,
      float[] dark,
      float[] bright,
      Image size,
      CellWeights weights,
      @Nullable Codec codec) {
    this.width = size.width();
    this.height = size.height();
    this.clean = clean;
    this.dark = dark;
    this.bright = bright;
    this.starts = weights.starts();
    this.cells = weights.cells();
    this.weights = weights.weights();
    this.codec = codec;
  }

  static float[] lights(Image image) {
    float[] lights = new float[3 * image.width() * image.height()];
    for (int y = 0, k = 0; y < image.height(); y++) {
      int row = image.index(0, y);
      for (int i = 0; i < 3 * image.width(); i++, k++) {
        lights[k] = ToneCurve.linear(image.data()[row + i]);
      }
    }
    return lights;
  }

  /** What a way back needs of a way there. */
  static final class Trace {
    private float[] slope = new float[0];
    private float[] value = new float[0];
    private float[] rows = new float[0];
    private Region crop = new Region(0, 0, 1, 1);
    private Axis across = new Axis(1, 1);
    private Axis down = new Axis(1, 1);
  }

  /** The picture itself, 8 bits, after the codec. */
  Image picture(FacePaint paint, Trace trace) {
    expose(paint, trace);
    Image image = quantised(trace);
    return codec == null ? image : codec.trip(image);
  }

  /**
   * The view of a paint.
   *
   * @param crop what is cut out
   * @param side of the view, px
   * @param into receives it, HWC, 0..1, from index {@code at} on
   */
  void forward(FacePaint paint, Region crop, int side, float[] into, int at, Trace trace) {
    expose(paint, trace);
    Codec c = codec;
    if (c != null) {
      Image image = c.trip(quantised(trace));
      for (int y = 0, k = 0; y < height; y++) {
        int row = image.index(0, y);
        for (int i = 0; i < 3 * width; i++, k++) {
          trace.value[k] = (image.data()[row + i] & 0xff) / 255f;
        }
      }
    }
    if (!trace.crop.equals(crop) || trace.across.first.length != side) {
      trace.crop = crop;
      trace.across = new Axis(crop.width(), side);
      trace.down = new Axis(crop.height(), side);
    }
    scale(trace, side, into, at);
  }

  private void expose(FacePaint paint, Trace trace) {
    int n = 3 * width * height;
    if (trace.value.length != n) {
      trace.value = new float[n];
      trace.slope = new float[n];
    }
    for (int pixel = 0, k = 0; pixel < width * height; pixel++, k += 3) {
      float a = 0;
      float r = 0;
      float g = 0;
      float b = 0;
      for (int i = starts[pixel]; i < starts[pixel + 1]; i++) {
        float w = weights[i];
        int cell = cells[i];
        a += w * paint.cover[cell];
        r += w * paint.ink[3 * cell];
        g += w * paint.ink[3 * cell + 1];
        b += w * paint.ink[3 * cell + 2];
      }
      develop(trace, k, a, r);
      develop(trace, k + 1, a, g);
      develop(trace, k + 2, a, b);
    }
  }

  private void develop(Trace trace, int k, float cover, float ink) {
    float light = clean[k] * (1 - cover) + cover * dark[k] + ink * (bright[k] - dark[k]);
    trace.value[k] = ToneCurve.encode(light);
    trace.slope[k] = ToneCurve.slope(light);
  }

  private Image quantised(Trace trace) {
    byte[] rgb = new byte[trace.value.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.round(255 * trace.value[i]);
    }
    return Image.of(width, height, rgb);
  }

  private void scale(Trace trace, int side, float[] into, int at) {
    Region crop = trace.crop;
    int stride = 3 * side;
    if (trace.rows.length < crop.height() * stride) {
      trace.rows = new float[crop.height() * stride];
    }
    for (int y = 0; y < crop.height(); y++) {
      for (int x = 0; x < side; x++) {
        float[] w = trace.across.weights[x];
        int from = 3 * ((crop.y() + y) * width + crop.x() + trace.across.first[x]);
        float r = 0;
        float g = 0;
        float b = 0;
        for (int i = 0; i < w.length; i++) {
          r += w[i] * trace.value[from + 3 * i];
          g += w[i] * trace.value[from + 3 * i + 1];
          b += w[i] * trace.value[from + 3 * i + 2];
        }
        int o = y * stride + 3 * x;
        trace.rows[o] = r;
        trace.rows[o + 1] = g;
        trace.rows[o + 2] = b;
      }
    }
    Arrays.fill(into, at, at + side * stride, 0);
    for (int y = 0; y < side; y++) {
      float[] w = trace.down.weights[y];
      for (int i = 0; i < w.length; i++) {
        int from = (trace.down.first[y] + i) * stride;
        for (int x = 0; x < stride; x++) {
          into[at + y * stride + x] += w[i] * trace.rows[from + x];
        }
      }
    }
  }

  /**
   * The adjoint of {@link #forward} at what it traced.
   *
   * @param gradient by the view, from index {@code at} on
   * @param into to which that by the paint is added
   */
  void backward(Trace trace, float[] gradient, int at, FacePaint into) {
    Region crop = trace.crop;
    int side = trace.across.first.length;
    int stride = 3 * side;
    float[] rows = new float[crop.height() * stride];
    for (int y = 0; y < side; y++) {
      float[] w = trace.down.weights[y];
      for (int i = 0; i < w.length; i++) {
        int to = (trace.down.first[y] + i) * stride;
        for (int x = 0; x < stride; x++) {
          rows[to + x] += w[i] * gradient[at + y * stride + x];
        }
      }
    }
    float[] pixels = new float[3 * width * crop.height()];
    for (int y = 0; y < crop.height(); y++) {
      for (int x = 0; x < side; x++) {
        float[] w = trace.across.weights[x];
        int to = 3 * (y * width + crop.x() + trace.across.first[x]);
        int o = y * stride + 3 * x;
        for (int i = 0; i < w.length; i++) {
          pixels[to + 3 * i] += w[i] * rows[o];
          pixels[to + 3 * i + 1] += w[i] * rows[o + 1];
          pixels[to + 3 * i + 2] += w[i] * rows[o + 2];
        }
      }
    }
    for (int y = 0, p = 0; y < crop.height(); y++) {
      int pixel = (crop.y() + y) * width;
      for (int x = 0; x < width; x++, pixel++, p += 3) {
        if (starts[pixel] < starts[pixel + 1]) {
          pullBack(trace, pixel, pixels, p, into);
        }
      }
    }
  }

  private void pullBack(Trace trace, int pixel, float[] pixels, int p, FacePaint into) {
    float cover = 0;
    int k = 3 * pixel;
    for (int c = 0; c < 3; c++) {
      float byLight = pixels[p + c] * trace.slope[k + c];
      cover += byLight * (dark[k + c] - clean[k + c]);
      pixels[p + c] = byLight * (bright[k + c] - dark[k + c]);
    }
    for (int i = starts[pixel]; i < starts[pixel + 1]; i++) {
      float w = weights[i];
      int cell = cells[i];
      into.cover[cell] += w * cover;
      into.ink[3 * cell] += w * pixels[p];
      into.ink[3 * cell + 1] += w * pixels[p + 1];
      into.ink[3 * cell + 2] += w * pixels[p + 2];
    }
  }
}
