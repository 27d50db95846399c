package io.stopline.autodiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.AffineJitter;
import io.stopline.sdk.transform.BitDepthReduction;
import io.stopline.sdk.transform.Brightness;
import io.stopline.sdk.transform.ChannelJitter;
import io.stopline.sdk.transform.Contrast;
import io.stopline.sdk.transform.CropResizePad;
import io.stopline.sdk.transform.DctQuantisation;
import io.stopline.sdk.transform.Fill;
import io.stopline.sdk.transform.Gamma;
import io.stopline.sdk.transform.GaussianNoise;
import io.stopline.sdk.transform.InputTransform;
import io.stopline.sdk.transform.MedianSmoothing;
import io.stopline.sdk.transform.PerspectiveJitter;
import io.stopline.sdk.transform.RandomErasing;
import io.stopline.sdk.transform.Rotation;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DifferentiableViewTest {

  private static final List<InputTransform> ALL =
      List.of(
          new CropResizePad(0.6, 1.5, Fill.RANDOM),
          new CropResizePad(0.9, 1.2, Fill.GREY),
          new Rotation(25),
          new AffineJitter(0.1, 0.2, 0.2),
          new PerspectiveJitter(0.15),
          new Gamma(0.6, 1.7),
          new Contrast(0.6, 1.6),
          new Brightness(0.2),
          new ChannelJitter(0.2, 0.1),
          new BitDepthReduction(3, 6),
          new GaussianNoise(0, 12),
          new RandomErasing(0.05, 0.3, 3, Fill.RANDOM),
          new MedianSmoothing(2, 3),
          new DctQuantisation(20, 90));

  private static TransformChain chain(InputTransform... transforms) {
    return new TransformChain("test", List.of(transforms));
  }

  /** Some of all transforms, in random order. */
  private static TransformChain chainOf(RandomStream random) {
    List<InputTransform> some = new ArrayList<>();
    for (InputTransform transform : ALL) {
      if (random.nextInt(3) == 0) {
        some.add(random.nextInt(some.size() + 1), transform);
      }
    }
    return new TransformChain("test", some);
  }

  private static Image image(ImageShape shape, RandomStream random) {
    byte[] rgb = new byte[shape.size()];
    double roughness = random.uniform(0, 40);
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % shape.width();
      int y = i / 3 / shape.width();
      double value =
          128
              + 110 * Math.sin(0.2 * x + i % 3) * Math.cos(0.15 * y)
              + random.uniform(-1, 1) * roughness;
      rgb[i] = (byte) (int) Math.max(0, Math.min(255, value));
    }
    return Image.of(shape.width(), shape.height(), rgb);
  }

  private static float[] floats(Image image) {
    float[] values = new float[image.data().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (image.data()[i] & 0xff) / 255f;
    }
    return values;
  }

  private static float[] rendered(TransformChain chain, Image image, ImageShape out, long seed) {
    TensorSpec spec =
        new TensorSpec(
            "input", List.of(1, out.height(), out.width(), 3), ElementType.FLOAT32, 0, 0);
    ByteBuffer memory = ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
    new TransformRenderer(chain, spec, InputEncoding.UNIT).render(image, seed, memory);
    float[] values = new float[out.size()];
    memory.asFloatBuffer().get(values);
    return values;
  }

  private static float largestDifference(float[] a, float[] b) {
    float largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  @Property(tries = 200)
  void roundedAsTheRendererItGivesTheSameNumbers(
      @ForAll long seed,
      @ForAll @IntRange(min = 9, max = 70) int width,
      @ForAll @IntRange(min = 9, max = 70) int height) {
    RandomStream random = new RandomStream(seed);
    TransformChain chain = chainOf(random);
    ImageShape in = new ImageShape(height, width, 3);
    ImageShape out = random.nextInt(2) == 0 ? new ImageShape(19, 22, 3) : in;
    Image image = image(in, random);
    DifferentiableView view = new DifferentiableView(chain, in, out);
    float[] got = new float[out.size() + 5];
    view.forward(floats(image), 0, seed, got, 5, view.trace());

    float[] wanted = rendered(chain, image, out, seed);
    for (int i = 0; i < wanted.length; i++) {
      assertThat(got[i + 5]).as("%s at %d", chain, i).isCloseTo(wanted[i], within(2e-6f));
    }
  }

  @Property(tries = 100)
  void unroundedItIsWithinTheRoundingOfTheRenderer(@ForAll long seed) {
    RandomStream random = new RandomStream(seed);
    ImageShape in = new ImageShape(48 + random.nextInt(60), 40 + random.nextInt(60), 3);
    ImageShape out = new ImageShape(32, 32, 3);
    // Means over boxes and resampling round once each; slopes of the curves are at most 2 here.
    TransformChain chain =
        chain(
            new CropResizePad(0.8, 1.2, Fill.BLACK),
            new PerspectiveJitter(0.1),
            new GaussianNoise(1, 3),
            new Contrast(1, 2));
    Image image = image(in, random);
    DifferentiableView view =
        new DifferentiableView(chain, in, out, Rounding.NONE, StandIn.IDENTITY);
    float[] got = new float[out.size()];
    view.forward(floats(image), 0, seed, got, 0, view.trace());
    assertThat(largestDifference(got, rendered(chain, image, out, seed)))
        .isLessThanOrEqualTo(2 * 1.5f / 255 + 1e-5f);
  }

  @Test
  void eachTransformUnroundedIsWithinAPixelValueOfTheRenderer() {
    ImageShape shape = new ImageShape(32, 32, 3);
    for (InputTransform transform : ALL) {
      for (long seed = 0; seed < 20; seed++) {
        Image image = image(shape, new RandomStream(seed));
        DifferentiableView view =
            new DifferentiableView(chain(transform), shape, shape, Rounding.NONE, StandIn.CUBIC);
        float[] got = new float[shape.size()];
        view.forward(floats(image), 0, seed, got, 0, view.trace());
        assertThat(largestDifference(got, rendered(chain(transform), image, shape, seed)))
            .as("%s, seed %d", transform, seed)
            // Half from the resampling, half from the means over boxes before it.
            .isLessThanOrEqualTo(1f / 255 + 2e-5f);
      }
    }
  }

  /** ⟨J v, u⟩ by finite differences against ⟨v, Jᵀ u⟩, where the function has a derivative. */
  @Property(tries = 100)
  void goingBackIsTheTransposeOfTheDerivative(@ForAll long seed) {
    RandomStream random = new RandomStream(seed);
    ImageShape in = new ImageShape(20 + random.nextInt(60), 20 + random.nextInt(60), 3);
    ImageShape out = random.nextInt(2) == 0 ? in : new ImageShape(24, 24, 3);
    List<InputTransform> some = new ArrayList<>();
    for (InputTransform transform : ALL) {
      boolean steps =
          transform instanceof DctQuantisation || transform instanceof BitDepthReduction;
      if (!steps && random.nextInt(2) == 0) {
        some.add(transform);
      }
    }
    DifferentiableView view =
        new DifferentiableView(
            new TransformChain("test", some), in, out, Rounding.NONE, StandIn.IDENTITY);
    float[] x = new float[in.size()];
    float[] v = new float[in.size()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.uniform(0, 1);
      v[i] = (float) random.nextGaussian();
    }
    float[] u = new float[out.size()];
    for (int i = 0; i < u.length; i++) {
      u[i] = (float) random.nextGaussian();
    }
    DifferentiableView.Trace trace = view.trace();
    float[] y = new float[out.size()];
    view.forward(x, 0, seed, y, 0, trace);
    float[] gradient = new float[in.size()];
    view.backward(trace, u, 0, gradient, 0);
    double analytic = dot(gradient, v);

    // Small, because medians and clipping have kinks; large enough for floats.
    float step = 2e-5f;
    double numeric =
        (dot(at(view, x, v, step, seed), u) - dot(at(view, x, v, -step, seed), u)) / (2 * step);
    // What the product would be off by, were the gradient another of the same size.
    double size = Math.sqrt(dot(gradient, gradient) * dot(v, v) / v.length) + 1e-3;
    assertThat(numeric).as("%s", some).isCloseTo(analytic, within(0.15 * size));
  }

  private static float[] at(DifferentiableView view, float[] x, float[] v, float t, long seed) {
    float[] moved = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      moved[i] = x[i] + t * v[i];
    }
    float[] y = new float[view.output().size()];
    view.forward(moved, 0, seed, y, 0, view.trace());
    return y;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** Resampling is linear, so its transpose can be checked to the last digits. */
  @Property(tries = 100)
  void resamplingHasItsExactTranspose(@ForAll long seed) {
    RandomStream random = new RandomStream(seed);
    ImageShape in = new ImageShape(16 + random.nextInt(90), 16 + random.nextInt(90), 3);
    ImageShape out = new ImageShape(32, 32, 3);
    TransformChain chain =
        chain(
            new CropResizePad(0.6, 1.5, Fill.BLACK),
            new Rotation(180),
            new AffineJitter(0.3, 0.5, 0.5),
            new PerspectiveJitter(0.2));
    DifferentiableView view =
        new DifferentiableView(chain, in, out, Rounding.NONE, StandIn.IDENTITY);
    float[] x = new float[in.size()];
    float[] u = new float[out.size()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble();
    }
    for (int i = 0; i < u.length; i++) {
      u[i] = (float) random.nextGaussian();
    }
    DifferentiableView.Trace trace = view.trace();
    float[] y = new float[out.size()];
    view.forward(x, 0, seed, y, 0, trace);
    float[] back = new float[in.size()];
    view.backward(trace, u, 0, back, 0);
    assertThat(dot(back, x)).isCloseTo(dot(u, y), within(1e-3));
  }

  @Test
  void dctQuantisationPassesStraightThroughOrByTheCubicsSlope() {
    ImageShape shape = new ImageShape(8, 8, 3);
    RandomStream random = new RandomStream(3);
    float[] x = new float[shape.size()];
    float[] u = new float[shape.size()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.uniform(0.4, 0.6);
      u[i] = (float) random.nextGaussian();
    }
    TransformChain chain = chain(new DctQuantisation(50, 50));
    assertThat(largestDifference(back(chain, shape, x, u, StandIn.IDENTITY), u)).isLessThan(1e-4f);

    // One luminance coefficient at a time, by its definition.
    float[] cubic = back(chain, shape, x, u, StandIn.CUBIC);
    for (int frequency : new int[] {0, 1, 9, 20}) {
      double level = 0;
      double fromU = 0;
      double fromCubic = 0;
      for (int p = 0; p < 64; p++) {
        double basis = basis(frequency / 8, p / 8) * basis(frequency % 8, p % 8);
        double grey = 0.299 * x[3 * p] + 0.587 * x[3 * p + 1] + 0.114 * x[3 * p + 2];
        level += basis * (255 * grey - 128);
        fromU += basis * (u[3 * p] + u[3 * p + 1] + u[3 * p + 2]);
        fromCubic += basis * (cubic[3 * p] + cubic[3 * p + 1] + cubic[3 * p + 2]);
      }
      level /= DctQuantisation.step(50, false, frequency);
      double off = level - Math.rint(level);
      // Grey changes luminance only, by which the three channels change alike.
      assertThat(fromCubic).isCloseTo(3 * off * off * fromU, within(2e-3));
    }
  }

  private static double basis(int frequency, int x) {
    return (frequency == 0 ? Math.sqrt(0.125) : 0.5)
        * Math.cos((2 * x + 1) * frequency * Math.PI / 16);
  }

  private static float[] back(
      TransformChain chain, ImageShape shape, float[] x, float[] u, StandIn standIn) {
    DifferentiableView view = new DifferentiableView(chain, shape, shape, Rounding.NONE, standIn);
    DifferentiableView.Trace trace = view.trace();
    view.forward(x, 0, 1, new float[shape.size()], 0, trace);
    float[] gradient = new float[shape.size()];
    view.backward(trace, u, 0, gradient, 0);
    return gradient;
  }

  @Test
  void fewerBitsPassStraightThrough() {
    ImageShape shape = new ImageShape(8, 8, 3);
    float[] x = new float[shape.size()];
    float[] u = new float[shape.size()];
    java.util.Arrays.fill(x, 0.37f);
    java.util.Arrays.fill(u, 0.5f);
    float[] gradient = back(chain(new BitDepthReduction(2, 2)), shape, x, u, StandIn.IDENTITY);
    assertThat(largestDifference(gradient, u)).isLessThan(1e-5f);
  }

  @Test
  void knowsWhichViewsAreRandom() {
    ImageShape shape = new ImageShape(32, 32, 3);
    assertThat(new DifferentiableView(TransformChain.identity(), shape, shape).isRandom())
        .isFalse();
    assertThat(new DifferentiableView(chain(new MedianSmoothing(2, 2)), shape, shape).isRandom())
        .isFalse();
    assertThat(new DifferentiableView(chain(new MedianSmoothing(2, 3)), shape, shape).isRandom())
        .isTrue();
    assertThat(new DifferentiableView(chain(new GaussianNoise(2, 2)), shape, shape).isRandom())
        .isTrue();
  }

  @Test
  void refusesGreyImages() {
    ImageShape grey = new ImageShape(8, 8, 1);
    assertThatThrownBy(() -> new DifferentiableView(TransformChain.identity(), grey, grey))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("three channels");
  }
}
