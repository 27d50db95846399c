package io.stopline.sdk.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.random.RandomStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class TransformRendererTest {

  /** One of each, and then all of them together. */
  static Stream<TransformChain> chains() {
    InputTransform[] all = {
      new CropResizePad(0.8, 1.2, Fill.RANDOM),
      new Rotation(15),
      new AffineJitter(0.1, 0.1, 0.1),
      new PerspectiveJitter(0.1),
      new MedianSmoothing(2, 3),
      new DctQuantisation(30, 90),
      new GaussianNoise(2, 10),
      new RandomErasing(0.02, 0.2, 3, Fill.RANDOM),
      new Gamma(0.7, 1.4),
      new Contrast(0.8, 1.2),
      new Brightness(0.1),
      new ChannelJitter(0.1, 0.05),
      new BitDepthReduction(3, 6)
    };
    return Stream.concat(
        Stream.of(all).map(t -> new TransformChain(t.name(), List.of(t))),
        Stream.of(TransformChain.identity(), new TransformChain("all", List.of(all))));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "32,32", "43,29", "48,48", "224,224"})
  void identityViewOfEqualSizeIsThePixelsThemselves(int width, int height) {
    Image image = Views.noise(width, height, 1);

    byte[] view = Views.render(TransformChain.identity(), image, width, height, 5);

    assertThat(view).isEqualTo(image.data());
  }

  @Test
  void identityViewReadsOnlyTheRegionThatWasCutOut() {
    Image whole = Views.noise(90, 70, 2);
    Image part = whole.view(new Region(11, 23, 32, 32));

    byte[] view = Views.render(TransformChain.identity(), part, 32, 32, 5);

    assertThat(view).isEqualTo(part.copy().data());
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "32,32", "43,29", "48,48", "101,67"})
  void geometricDrawsThatMoveNothingLeaveThePixelsExact(int width, int height) {
    Image image = Views.noise(width, height, 3);
    TransformChain still =
        Views.chain(
            new CropResizePad(1, 1, Fill.RANDOM),
            new Rotation(0),
            new AffineJitter(0, 0, 0),
            new PerspectiveJitter(0));

    assertThat(Views.render(still, image, width, height, 5)).isEqualTo(image.data());
  }

  @Test
  void photometricDrawsThatChangeNothingLeaveThePixelsExact() {
    Image image = Views.noise(32, 32, 3);
    TransformChain still =
        Views.chain(
            new Gamma(1, 1),
            new Contrast(1, 1),
            new Brightness(0),
            new ChannelJitter(0, 0),
            new BitDepthReduction(8, 8),
            new GaussianNoise(0, 0),
            new RandomErasing(0, 0, 1, Fill.BLACK));

    assertThat(Views.render(still, image, 32, 32, 5)).isEqualTo(image.data());
  }

  @ParameterizedTest
  @MethodSource("chains")
  void sameSeedGivesSameBytesWhateverWasRenderedBetween(TransformChain chain) {
    Image image = Views.noise(50, 40, 4);
    TensorSpec spec = Views.floats(32, 32);
    TransformRenderer renderer = new TransformRenderer(chain, spec, InputEncoding.UNIT);
    ByteBuffer first = Views.memory(spec);
    ByteBuffer again = Views.memory(spec);

    renderer.render(image, 77, first);
    renderer.render(Views.noise(200, 200, 9), 78, again);
    renderer.render(image, 77, again);

    assertThat(again).isEqualTo(first);
  }

  @ParameterizedTest
  @MethodSource("chains")
  void renderersThatShareACopyShowWhatEachShowsAlone(TransformChain chain) {
    PictureCopy copy = new PictureCopy();
    TensorSpec small = Views.floats(32, 32);
    TensorSpec large = Views.floats(61, 48);
    List<TransformRenderer> sharing =
        List.of(
            new TransformRenderer(chain, small, InputEncoding.UNIT, false, copy),
            new TransformRenderer(chain, large, InputEncoding.UNIT, true, copy),
            new TransformRenderer(
                TransformChain.identity(), small, InputEncoding.UNIT, false, copy));
    List<TransformRenderer> alone =
        List.of(
            new TransformRenderer(chain, small, InputEncoding.UNIT),
            new TransformRenderer(chain, large, InputEncoding.UNIT, true),
            new TransformRenderer(TransformChain.identity(), small, InputEncoding.UNIT));
    Image frame = Views.noise(160, 120, 4);
    ByteBuffer first = Views.memory(large);
    ByteBuffer second = Views.memory(large);
    for (int picture = 0; picture < 6; picture++) {
      // The same pixels, or others in the same place, or another place.
      Arrays.fill(frame.data(), 0, 20_000, (byte) (picture / 2));
      Image image = picture == 5 ? frame : frame.view(new Region(20, 10, 70, 45));
      copy.forget();
      for (int pass = 0; pass < 9; pass++) {
        sharing.get(pass % 3).render(image, pass, first);
        alone.get(pass % 3).render(image, pass, second);
        assertThat(first).isEqualTo(second);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("chains")
  void anotherSeedGivesAnotherView(TransformChain chain) {
    Image image = Views.noise(50, 40, 4);
    long different =
        Stream.iterate(1L, s -> s + 1)
            .limit(20)
            .map(s -> ByteBuffer.wrap(Views.render(chain, image, 32, 32, s)))
            .distinct()
            .count();

    // The identity has one draw, median and bit depth few, the rest nearly one a seed.
    long draws =
        switch (chain.name()) {
          case "identity" -> 1;
          case "median-smoothing" -> 2;
          case "bit-depth-reduction" -> 4;
          default -> 20;
        };
    assertThat(different).isBetween(draws == 20 ? 14 : draws, draws);
  }

  @ParameterizedTest
  @MethodSource("chains")
  void renderingAllocatesNothing(TransformChain chain) {
    Image small = Views.noise(40, 36, 4);
    Image large = Views.noise(150, 130, 5);
    for (TensorSpec spec :
        List.of(
            Views.floats(32, 32),
            Views.pixels(32, 32),
            Views.tensor(ElementType.INT8, 32, 32, 0.01, -3))) {
      TransformRenderer renderer = new TransformRenderer(chain, spec, InputEncoding.UNIT);
      ByteBuffer memory = Views.memory(spec);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long id = Thread.currentThread().getId();
      // The first rounds load classes and size the reduced image; so may the compiler's thread.
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 5; round++) {
        long before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < 50; i++) {
          renderer.render(small, i, memory);
          renderer.render(large, i, memory);
        }
        least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
      }
      // The measurement itself may cost some bytes; 100 renderings that allocate cost more.
      assertThat(least).as("%s into %s", chain.name(), spec.type()).isLessThan(400);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,40", "40,1", "2,3", "31,33", "2000,1", "1,2000", "1500,1100"})
  void anySizeOfImageIsRenderedWithinItsOwnRange(int width, int height) {
    Image image = Image.black(width, height);
    Arrays.fill(image.data(), (byte) 93);
    TransformChain moves =
        Views.chain(new Rotation(180), new AffineJitter(0.5, 1, 1), new PerspectiveJitter(0.2));

    for (long seed = 0; seed < 30; seed++) {
      // Edges are repeated, so an image of one colour stays of one colour.
      assertThat(Views.render(moves, image, 32, 24, seed)).containsOnly(93);
    }
  }

  @ParameterizedTest
  @MethodSource("chains")
  void extremeSizesAreNoError(TransformChain chain) {
    for (int[] size : new int[][] {{1, 1}, {1, 300}, {300, 1}, {2, 2}, {1000, 700}}) {
      for (int[] view : new int[][] {{1, 1}, {1, 9}, {17, 5}, {32, 32}}) {
        Image image = Views.noise(size[0], size[1], 6);
        for (long seed = 0; seed < 5; seed++) {
          assertThat(Views.render(chain, image, view[0], view[1], seed))
              .hasSize(3 * view[0] * view[1]);
        }
      }
    }
  }

  @Test
  void aLargeImageIsAveragedNotSkippedThrough() {
    // A fine checkerboard, 4 px to one: plain bilinear sampling would give black and white.
    int side = 128;
    Image image = Image.black(side, side);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        if ((x + y) % 2 == 0) {
          Arrays.fill(image.data(), image.index(x, y), image.index(x, y) + 3, (byte) 255);
        }
      }
    }

    byte[] plain = Views.render(TransformChain.identity(), image, 32, 32, 1);
    byte[] turned = Views.render(Views.chain(new Rotation(40)), image, 32, 32, 1);

    for (byte[] view : List.of(plain, turned)) {
      for (byte value : view) {
        assertThat(value & 0xff).isBetween(126, 129);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"64,32", "100,32", "33,32", "47,32", "20,32", "1,32", "500,48", "331,299"})
  void resizingKeepsASlopeInPlace(int from, int to) {
    byte[] view = Views.render(TransformChain.identity(), Views.smooth(from, from), to, to, 1);
    byte[] exact = Views.smooth(to, to).data();

    // Rounding, and at the edges half a pixel of the slope that was never there.
    int tolerance = 3 + 170 / from + 170 / to;
    assertThat(Views.largestDifference(view, exact))
        .isLessThanOrEqualTo(from == 1 ? 200 : tolerance);
    assertThat(Views.meanDifference(view, exact)).isLessThan(from == 1 ? 60 : 2.0);
  }

  @Test
  void quantisedTensorsHoldWhatFloatTensorsHold() {
    InputEncoding encoding =
        new InputEncoding(-1, 1, List.of(0.1, -0.2, 0.05), List.of(0.9, 1.1, 1.3));
    TransformChain chain = Views.chain(new Rotation(20), new Gamma(0.7, 1.4), new Contrast(0.8, 1));
    Image image = Views.noise(60, 50, 8);
    TensorSpec reals = Views.floats(32, 32);
    TensorSpec unsigned = Views.tensor(ElementType.UINT8, 32, 32, 0.011, 121);
    TensorSpec signed = Views.tensor(ElementType.INT8, 32, 32, 0.011, -7);
    ByteBuffer f = Views.memory(reals);
    ByteBuffer u = Views.memory(unsigned);
    ByteBuffer s = Views.memory(signed);

    for (long seed = 0; seed < 10; seed++) {
      new TransformRenderer(chain, reals, encoding).render(image, seed, f);
      new TransformRenderer(chain, unsigned, encoding).render(image, seed, u);
      new TransformRenderer(chain, signed, encoding).render(image, seed, s);

      for (int i = 0; i < reals.elements(); i++) {
        float real = f.getFloat(4 * i);
        assertThat(0.011 * ((u.get(i) & 0xff) - 121)).isCloseTo(real, within(0.0055001));
        assertThat(0.011 * (s.get(i) + 7)).isCloseTo(real, within(0.0055001));
      }
    }
  }

  @Test
  void valuesBeyondAQuantisedTensorsRangeSaturate() {
    Image image = Views.noise(8, 8, 8);
    TensorSpec narrow = Views.tensor(ElementType.INT8, 8, 8, 1.0 / 512, 0);
    ByteBuffer memory = Views.memory(narrow);

    new TransformRenderer(TransformChain.identity(), narrow, InputEncoding.UNIT)
        .render(image, 1, memory);

    for (int i = 0; i < narrow.elements(); i++) {
      int pixel = image.data()[i] & 0xff;
      assertThat(memory.get(i)).isEqualTo((byte) Math.min(127, Math.round(pixel * 512 / 255.0)));
    }
  }

  @ParameterizedTest
  @CsvSource({"0.003921568859368563", "0.00392156862745098", "0.003921568393707275"})
  void aUint8TensorOfUnitRangeStoresThePixel(double scale) {
    // The second is 1/255, the others are float32 neighbours of it, as converters write them.
    byte[] every = new byte[3 * 256];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) (i / 3);
    }
    TensorSpec spec = Views.tensor(ElementType.UINT8, 16, 16, scale, 0);
    for (TransformChain chain :
        List.of(TransformChain.identity(), Views.chain(new Gamma(1, 1), new Contrast(1, 1)))) {
      ByteBuffer memory = Views.memory(spec);
      new TransformRenderer(chain, spec, InputEncoding.UNIT)
          .render(Image.of(16, 16, every), 1, memory);
      byte[] stored = new byte[every.length];
      memory.get(0, stored);
      assertThat(stored).isEqualTo(every);
    }
  }

  @Test
  void oneFusedPassIsTheTransformsOneAfterTheOther() {
    Image image = Views.smooth(64, 64);
    Rotation rotation = new Rotation(12);
    AffineJitter affine = new AffineJitter(0.08, 0.15, 0.1);
    TransformChain both = Views.chain(rotation, affine);
    double worst = 0;
    for (long seed = 0; seed < 40; seed++) {
      TransformRenderer renderer =
          new TransformRenderer(both, Views.pixels(64, 64), InputEncoding.UNIT);
      List<TransformDraw> draws = renderer.draws(seed);
      double angle = draws.get(0).parameters().get(0);
      byte[] fused = Views.render(both, image, 64, 64, seed);
      byte[] first = Views.render(Views.chain(new Fixed(rotation, draws.get(0))), image, 64, 64, 0);
      byte[] second =
          Views.render(
              Views.chain(new Fixed(affine, draws.get(1))), Views.image(first, 64, 64), 64, 64, 0);
      byte[] swapped =
          Views.render(
              Views.chain(new Fixed(affine, draws.get(1)), new Fixed(rotation, draws.get(0))),
              image,
              64,
              64,
              0);

      // Inside, where no edge was repeated on the way, both ways see the same slopes.
      double near = innerDifference(fused, second);
      assertThat(near).as("seed %d, angle %f", seed, angle).isLessThan(1.0);
      worst = Math.max(worst, innerDifference(fused, swapped));
    }
    // The order matters, so the test above can tell.
    assertThat(worst).isGreaterThan(2.0);
  }

  private static double innerDifference(byte[] a, byte[] b) {
    double sum = 0;
    for (int y = 20; y < 44; y++) {
      for (int x = 20; x < 44; x++) {
        for (int c = 0; c < 3; c++) {
          int i = 3 * (64 * y + x) + c;
          sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
        }
      }
    }
    return sum / (24 * 24 * 3);
  }

  /** A geometric transform that always draws the same. */
  private record Fixed(GeometricTransform transform, TransformDraw what)
      implements GeometricTransform {
    @Override
    public String name() {
      return transform.name();
    }

    @Override
    public int parameters() {
      return transform.parameters();
    }

    @Override
    public void draw(RandomStream random, double[] into, int offset) {
      for (int i = 0; i < parameters(); i++) {
        into[offset + i] = what.parameters().get(i);
      }
    }

    @Override
    public void compose(double[] parameters, int offset, Homography map) {
      transform.compose(parameters, offset, map);
    }
  }

  @Test
  void drawsAreWhatRenderUses() {
    TransformChain chain = Views.chain(new Brightness(0.5), new Rotation(0));
    TransformRenderer renderer =
        new TransformRenderer(chain, Views.floats(1, 1), InputEncoding.UNIT);
    Image grey = Image.of(1, 1, new byte[] {127, 127, 127});
    ByteBuffer memory = Views.memory(Views.floats(1, 1));

    for (long seed = 0; seed < 20; seed++) {
      List<TransformDraw> draws = renderer.draws(seed);
      renderer.render(grey, seed, memory);

      assertThat(draws)
          .extracting(TransformDraw::transform)
          .containsExactly("brightness", "rotation");
      double shift = draws.get(0).parameters().get(0);
      double expected = Math.max(0, Math.min(1, 127 / 255.0 + shift));
      assertThat(memory.getFloat(0)).isCloseTo((float) expected, within(1e-6f));
    }
  }

  @Test
  void aTensorThatIsNoImageIsRefusedByName() {
    TensorSpec vector = new TensorSpec("tokens", List.of(1, 128), ElementType.FLOAT32, 0, 0);
    TensorSpec grey = new TensorSpec("grey", List.of(1, 8, 8, 1), ElementType.FLOAT32, 0, 0);
    TensorSpec batch = new TensorSpec("two", List.of(2, 8, 8, 3), ElementType.FLOAT32, 0, 0);

    for (TensorSpec spec : List.of(vector, grey, batch)) {
      assertThatThrownBy(
              () -> new TransformRenderer(TransformChain.identity(), spec, InputEncoding.UNIT))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(spec.name())
          .hasMessageContaining("1×H×W×3");
    }
  }

  @Test
  void memoryThatDoesNotFitIsRefusedBeforeItIsWritten() {
    TensorSpec spec = Views.floats(8, 8);
    TransformRenderer renderer =
        new TransformRenderer(TransformChain.identity(), spec, InputEncoding.UNIT);
    ByteBuffer small = ByteBuffer.allocateDirect(spec.bytes() - 1).order(ByteOrder.nativeOrder());
    ByteOrder foreign =
        ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
            ? ByteOrder.LITTLE_ENDIAN
            : ByteOrder.BIG_ENDIAN;
    ByteBuffer swapped = ByteBuffer.allocateDirect(spec.bytes()).order(foreign);
    Image image = Views.noise(8, 8, 1);

    assertThatThrownBy(() -> renderer.render(image, 1, small)).hasMessageContaining("768 bytes");
    assertThatThrownBy(() -> renderer.render(image, 1, swapped)).hasMessageContaining("order");
    assertThat(swapped).isEqualTo(ByteBuffer.allocateDirect(spec.bytes()));
  }
}
