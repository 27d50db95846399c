package io.stopline.autodiff.transform;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.BitDepthReduction;
import io.stopline.sdk.transform.GeometricTransform;
import io.stopline.sdk.transform.Homography;
import io.stopline.sdk.transform.InputTransform;
import io.stopline.sdk.transform.PhotometricTransform;
import io.stopline.sdk.transform.SpatialTransform;
import io.stopline.sdk.transform.TransformChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A transform chain as a differentiable function from an image to the view of it that a model gets.
 * For the same seed it draws what {@link io.stopline.sdk.transform.TransformRenderer} draws.
 *
 * <p>Going back: resampling by its exact transpose; noise and erasing by the identity where they
 * leave a trace of the pixel; medians to the pixel that was chosen; photometric curves by their
 * slopes; what only rounds (DCT quantisation, fewer bits, 8-bit pixels between the stages) by a
 * {@link StandIn}. A spatial transform that is not known here is refused by name. Immutable but for
 * scratch memory; belongs to one thread.
 */
public final class DifferentiableView {

  private static final int LENGTH = PhotometricTransform.CURVE_LENGTH;

  private final TransformChain chain;
  private final ImageShape input;
  private final ImageShape output;
  private final Rounding rounding;
  private final StandIn standIn;
  private final List<InputTransform> transforms;
  private final int[] offsets;
  private final int numbers;
  private final int fillAt;
  private final boolean copies;
  private final boolean reducesBits;
  private final boolean photometric;
  private final boolean random;
  private final float[] scratch;

  /** As the renderer rounds, with the identity as stand-in. */
  public DifferentiableView(TransformChain chain, ImageShape input, ImageShape output) {
    this(chain, input, output, Rounding.AS_RENDERED, StandIn.IDENTITY);
  }

  /**
   * @param input size of the images; three channels
   * @param output size of the views, the model's input; three channels
   * @param standIn for DCT quantisation; fewer bits always pass straight through
   * @throws IllegalArgumentException if there are not three channels, or naming a transform without
   *     a differentiable form
   */
  public DifferentiableView(
      TransformChain chain,
      ImageShape input,
      ImageShape output,
      Rounding rounding,
      StandIn standIn) {
    if (input.channels() != 3 || output.channels() != 3) {
      throw new IllegalArgumentException(
          "view '%s' from %s to %s; transforms take three channels, red, green and blue"
              .formatted(chain.name(), input, output));
    }
    this.chain = chain;
    this.input = input;
    this.output = output;
    this.rounding = rounding;
    this.standIn = standIn;
    transforms = chain.transforms();
    offsets = new int[transforms.size()];
    int sum = 0;
    int fill = GeometricTransform.REPEATS_EDGES;
    boolean moves = false;
    boolean bits = false;
    boolean bends = false;
    for (int i = 0; i < offsets.length; i++) {
      InputTransform transform = transforms.get(i);
      offsets[i] = sum;
      if (transform instanceof GeometricTransform g) {
        moves = true;
        fill = g.fillOffset() < 0 ? fill : sum + g.fillOffset();
      }
      bits |= transform instanceof BitDepthReduction;
      bends |= transform instanceof PhotometricTransform;
      sum += transform.parameters();
    }
    numbers = sum;
    fillAt = fill;
    copies = !moves && input.equals(output);
    reducesBits = bits;
    photometric = bends;
    scratch = new float[Math.max(input.size(), output.size())];
    random = findRandom();
  }

  /** Whether different seeds give different views. */
  private boolean findRandom() {
    float[] image = new float[input.size()];
    RandomStream noise = new RandomStream(17);
    for (int i = 0; i < image.length; i++) {
      image[i] = noise.nextInt(256) / 255f;
    }
    Trace trace = trace();
    float[] first = new float[output.size()];
    float[] other = new float[output.size()];
    forward(image, 0, 1, first, 0, trace);
    for (int seed = 2; seed < 18; seed++) {
      forward(image, 0, seed, other, 0, trace);
      if (!Arrays.equals(first, other)) {
        return true;
      }
    }
    return false;
  }

  /** The chain that this is. */
  public TransformChain chain() {
    return chain;
  }

  /** Size of the images. */
  public ImageShape input() {
    return input;
  }

  /** Size of the views. */
  public ImageShape output() {
    return output;
  }

  /** Whether different seeds give different views; found by trying some. */
  public boolean isRandom() {
    return random;
  }

  /** Room for what one forward pass leaves for the way back; reused from pass to pass. */
  public Trace trace() {
    return new Trace();
  }

  /**
   * Renders one draw.
   *
   * @param images 0..1, the image's values from index {@code from} on
   * @param seed decides every draw and all noise
   * @param views receives the view, 0..1, from index {@code to} on
   * @param trace receives what {@link #backward} needs
   */
  public void forward(float[] images, int from, long seed, float[] views, int to, Trace trace) {
    trace.draw(seed);
    boolean rounds = rounding == Rounding.AS_RENDERED;
    float[] pixels = trace.pixels;
    float[] source = copies ? pixels : scratch;
    for (int i = 0; i < input.size(); i++) {
      float value = 255f * images[from + i];
      source[i] = rounds ? wholePixel(value) : value;
    }
    if (!copies) {
      trace.resampling.forward(scratch, rounds, pixels);
      if (rounds) {
        for (int i = 0; i < pixels.length; i++) {
          pixels[i] = (float) Math.floor(pixels[i] + 0.5f);
        }
      }
    }
    for (int i = 0, stream = -1; i < offsets.length; i++) {
      Spatial spatial = trace.spatial.get(i);
      if (spatial != null) {
        trace.noise.reseed(RandomStream.derive(seed, stream--));
        spatial.forward(trace.draw, offsets[i], trace.noise, pixels, rounds);
      }
    }
    if (photometric) {
      trace.bend(pixels, views, to);
    } else {
      for (int i = 0; i < pixels.length; i++) {
        views[to + i] = pixels[i] / 255f;
      }
    }
  }

  private static float wholePixel(float value) {
    return Math.max(0, Math.min(255, (float) Math.floor(value + 0.5f)));
  }

  /**
   * Goes back through the draw that a trace holds.
   *
   * @param cotangents derivative with respect to the view, from index {@code from} on
   * @param gradients receives, added, the derivative with respect to the image, from {@code to} on
   */
  public void backward(Trace trace, float[] cotangents, int from, float[] gradients, int to) {
    float[] back = trace.back;
    for (int i = 0; i < back.length; i++) {
      // Both sides are 0..1: the factors 255 and 1/255 of pixel values cancel.
      back[i] = photometric ? cotangents[from + i] * trace.slopes[i] : cotangents[from + i];
    }
    for (int i = offsets.length - 1; i >= 0; i--) {
      Spatial spatial = trace.spatial.get(i);
      if (spatial != null) {
        spatial.backward(back);
      }
    }
    if (copies) {
      for (int i = 0; i < back.length; i++) {
        gradients[to + i] += back[i];
      }
      return;
    }
    Arrays.fill(scratch, 0, input.size(), 0);
    trace.resampling.backward(back, scratch);
    for (int i = 0; i < input.size(); i++) {
      gradients[to + i] += scratch[i];
    }
  }

  /** What one forward pass of one image leaves behind. Made by {@link #trace()}. */
  public final class Trace {
    private final double[] draw = new double[numbers];
    private final RandomStream noise = new RandomStream(0);
    private final Homography map = new Homography();
    private final Resampling resampling = new Resampling(input, output);
    private final List<@org.jspecify.annotations.Nullable Spatial> spatial = new ArrayList<>();
    private final float[] pixels = new float[output.size()];
    private final float[] back = new float[output.size()];
    private final float[] slopes = new float[photometric ? output.size() : 0];
    private final double[] curves = new double[photometric ? 3 * LENGTH : 0];
    private final double[] smooth = new double[reducesBits ? 3 * LENGTH : 0];

    private Trace() {
      for (InputTransform transform : transforms) {
        spatial.add(
            transform instanceof SpatialTransform s ? Spatial.of(s, output, standIn) : null);
      }
    }

    private void draw(long seed) {
      map.setIdentity();
      for (int i = 0; i < offsets.length; i++) {
        InputTransform transform = transforms.get(i);
        noise.reseed(RandomStream.derive(seed, i));
        transform.draw(noise, draw, offsets[i]);
        if (transform instanceof GeometricTransform g) {
          g.compose(draw, offsets[i], map);
        }
      }
      if (!copies) {
        if (fillAt < 0) {
          resampling.repeatEdges();
        } else {
          resampling.fillWith((int) draw[fillAt], (int) draw[fillAt + 1], (int) draw[fillAt + 2]);
        }
        resampling.prepare(map);
      }
      if (photometric) {
        curves(curves, true);
        if (reducesBits) {
          curves(smooth, false);
        }
      }
    }

    private void curves(double[] into, boolean withSteps) {
      for (int c = 0; c < 3; c++) {
        for (int v = 0; v < LENGTH; v++) {
          into[LENGTH * c + v] = v / 255.0;
        }
        for (int i = 0; i < offsets.length; i++) {
          InputTransform transform = transforms.get(i);
          if (transform instanceof PhotometricTransform p
              && (withSteps || !(p instanceof BitDepthReduction))) {
            p.apply(draw, offsets[i], c, into, LENGTH * c);
          }
        }
      }
    }

    private void bend(float[] values, float[] views, int to) {
      boolean whole = rounding == Rounding.AS_RENDERED || reducesBits;
      double[] slope = reducesBits ? smooth : curves;
      for (int i = 0; i < values.length; i++) {
        int curve = LENGTH * (i % 3);
        if (whole) {
          int v = (int) wholePixel(values[i]);
          views[to + i] = (float) curves[curve + v];
          int low = Math.max(0, v - 1);
          int high = Math.min(LENGTH - 1, v + 1);
          slopes[i] = (float) (255 * (slope[curve + high] - slope[curve + low]) / (high - low));
        } else {
          float value = Math.max(0, Math.min(255, values[i]));
          int v = Math.min(LENGTH - 2, (int) value);
          double rise = curves[curve + v + 1] - curves[curve + v];
          views[to + i] = (float) (curves[curve + v] + rise * (value - v));
          slopes[i] = (float) (255 * rise);
        }
      }
    }
  }
}
