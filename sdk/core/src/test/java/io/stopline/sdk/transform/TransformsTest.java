package io.stopline.sdk.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TransformsTest {

  private static final double NAN = Double.NaN;

  @Test
  void impossibleParametersAreRefusedByName() {
    refused("crop-resize-pad", () -> new CropResizePad(0.05, 1, Fill.BLACK));
    refused("crop-resize-pad", () -> new CropResizePad(1.2, 0.8, Fill.BLACK));
    refused("crop-resize-pad", () -> new CropResizePad(1, NAN, Fill.BLACK));
    refused("rotation", () -> new Rotation(-1));
    refused("rotation", () -> new Rotation(181));
    refused("rotation", () -> new Rotation(NAN));
    refused("affine-jitter", () -> new AffineJitter(0.6, 0, 0));
    refused("affine-jitter", () -> new AffineJitter(0, -0.1, 0));
    refused("affine-jitter", () -> new AffineJitter(0, 0, Double.POSITIVE_INFINITY));
    refused("perspective-jitter", () -> new PerspectiveJitter(0.21));
    refused("gamma", () -> new Gamma(0, 1));
    refused("gamma", () -> new Gamma(2, 1));
    refused("contrast", () -> new Contrast(-0.1, 1));
    refused("brightness", () -> new Brightness(1.1));
    refused("channel-jitter", () -> new ChannelJitter(-0.1, 0));
    refused("channel-jitter", () -> new ChannelJitter(0, 2));
    refused("bit-depth-reduction", () -> new BitDepthReduction(0, 3));
    refused("bit-depth-reduction", () -> new BitDepthReduction(4, 3));
    refused("dct-quantisation", () -> new DctQuantisation(0, 50));
    refused("dct-quantisation", () -> new DctQuantisation(50, 101));
    refused("median-smoothing", () -> new MedianSmoothing(1, 3));
    refused("median-smoothing", () -> new MedianSmoothing(3, 2));
    refused("gaussian-noise", () -> new GaussianNoise(-1, 3));
    refused("random-erasing", () -> new RandomErasing(0.1, 0.95, 2, Fill.GREY));
    refused("random-erasing", () -> new RandomErasing(0.1, 0.2, 0.5, Fill.GREY));
    assertThatThrownBy(() -> new TransformChain(" ", List.of())).hasMessageContaining("name");
  }

  private static void refused(String name, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @Property(tries = 300)
  void drawsStayInTheirRanges(@ForAll long seed) {
    double[] d = draw(new CropResizePad(0.5, 2, Fill.RANDOM), seed);
    assertThat(d[0]).isBetween(0.5, 2.0);
    for (int axis = 1; axis <= 2; axis++) {
      // The resized view lies wholly in the output, or covers it.
      assertThat(d[axis]).isBetween(Math.min(0, 1 - d[0]), Math.max(0, 1 - d[0]));
    }
    for (int c = 3; c < 6; c++) {
      assertThat(d[c]).isBetween(0.0, 255.0).isEqualTo(Math.rint(d[c]));
    }
    assertThat(draw(new Rotation(30), seed)[0]).isBetween(-30.0, 30.0);
    double[] affine = draw(new AffineJitter(0.1, 0.25, 0.3), seed);
    assertThat(affine[0]).isBetween(-0.1, 0.1);
    assertThat(affine[2]).isBetween(0.8, 1.25);
    assertThat(affine[3]).isBetween(0.8, 1.25);
    assertThat(affine[4]).isBetween(-0.3, 0.3);
    for (double shift : draw(new PerspectiveJitter(0.15), seed)) {
      assertThat(shift).isBetween(-0.15, 0.15);
    }
    assertThat(draw(new Gamma(0.5, 2), seed)[0]).isBetween(0.5, 2.0);
    assertThat(draw(new BitDepthReduction(2, 5), seed)[0]).isIn(2.0, 3.0, 4.0, 5.0);
    assertThat(draw(new MedianSmoothing(2, 3), seed)[0]).isIn(2.0, 3.0);
    double quality = draw(new DctQuantisation(20, 25), seed)[0];
    assertThat(quality).isBetween(20.0, 25.0).isEqualTo(Math.rint(quality));
    double[] erased = draw(new RandomErasing(0.1, 0.4, 4, Fill.RANDOM), seed);
    assertThat(erased[0]).isBetween(0.0, 1.0 - erased[2]);
    assertThat(erased[1]).isBetween(0.0, 1.0 - erased[3]);
    assertThat(erased[2] * erased[3]).isBetween(0.02, 0.4 + 1e-9);
  }

  private static double[] draw(InputTransform transform, long seed) {
    double[] row = new double[transform.parameters() + 2];
    Arrays.fill(row, -7777);
    transform.draw(new RandomStream(seed), row, 1);
    // Neither neighbour is touched.
    assertThat(row[0]).isEqualTo(-7777);
    assertThat(row[row.length - 1]).isEqualTo(-7777);
    return Arrays.copyOfRange(row, 1, row.length - 1);
  }

  @Property(tries = 300)
  void perspectiveSendsCornersWhereTheDrawSays(@ForAll long seed) {
    double[] d = draw(new PerspectiveJitter(0.2), seed);
    Homography map = new Homography();
    new PerspectiveJitter(0.2).compose(d, 0, map);
    double[][] corners = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    for (int i = 0; i < 4; i++) {
      double[] at = project(map, corners[i][0], corners[i][1]);
      assertThat(at[0]).isCloseTo(corners[i][0] + 2 * d[2 * i], within(1e-9));
      assertThat(at[1]).isCloseTo(corners[i][1] + 2 * d[2 * i + 1], within(1e-9));
    }
  }

  @Property(tries = 300)
  void affineJitterIsTheInverseOfStretchThenShearThenShift(
      @ForAll long seed, @ForAll @DoubleRange(min = -1, max = 1) double x) {
    double[] d = draw(new AffineJitter(0.2, 0.5, 0.5), seed);
    Homography map = new Homography();
    new AffineJitter(0.2, 0.5, 0.5).compose(d, 0, map);
    double y = 0.3 - x / 2;
    double stretchedY = d[3] * y;
    double forwardX = d[2] * x + d[4] * stretchedY + 2 * d[0];
    double forwardY = stretchedY + 2 * d[1];
    double[] back = project(map, forwardX, forwardY);
    assertThat(back[0]).isCloseTo(x, within(1e-9));
    assertThat(back[1]).isCloseTo(y, within(1e-9));
  }

  private static double[] project(Homography m, double x, double y) {
    double w = m.get(2, 0) * x + m.get(2, 1) * y + m.get(2, 2);
    return new double[] {
      (m.get(0, 0) * x + m.get(0, 1) * y + m.get(0, 2)) / w,
      (m.get(1, 0) * x + m.get(1, 1) * y + m.get(1, 2)) / w
    };
  }

  @Test
  void aQuarterTurnMovesTheTopEdgeToTheRight() {
    // Red above, black below; turned clockwise by 90° red is right.
    Image image = Image.black(32, 32);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 32; x++) {
        image.data()[image.index(x, y)] = (byte) 255;
      }
    }
    TransformChain quarter = Views.chain(new Turn(90));
    byte[] view = Views.render(quarter, image, 32, 32, 1);

    assertThat(view[3 * (32 * 8 + 28)] & 0xff).isEqualTo(255);
    assertThat(view[3 * (32 * 24 + 28)] & 0xff).isEqualTo(255);
    assertThat(view[3 * (32 * 8 + 3)] & 0xff).isZero();
  }

  private record Turn(double degrees) implements GeometricTransform {
    @Override
    public String name() {
      return "turn";
    }

    @Override
    public int parameters() {
      return 1;
    }

    @Override
    public void draw(RandomStream random, double[] into, int offset) {
      into[offset] = degrees;
    }

    @Override
    public void compose(double[] parameters, int offset, Homography map) {
      new Rotation(180).compose(parameters, offset, map);
    }
  }

  @ParameterizedTest
  @CsvSource({"BLACK,0", "GREY,128"})
  void paddingHasItsColourAndTheRestIsTheImage(Fill fill, int colour) {
    Image image = Image.black(32, 32);
    Arrays.fill(image.data(), (byte) 200);
    for (long seed = 0; seed < 20; seed++) {
      byte[] view =
          Views.render(Views.chain(new CropResizePad(0.5, 0.5, fill)), image, 32, 32, seed);
      int padded = 0;
      int kept = 0;
      for (byte value : view) {
        padded += (value & 0xff) == colour ? 1 : 0;
        kept += (value & 0xff) == 200 ? 1 : 0;
      }
      // A quarter is the image; only the seam between is mixed.
      assertThat(kept / (double) view.length).isBetween(0.2, 0.26);
      assertThat(padded / (double) view.length).isBetween(0.68, 0.78);
    }
  }

  @Test
  void cropsShowOnlyAWindowOfTheImage() {
    Image image = Views.smooth(64, 64);
    for (long seed = 0; seed < 20; seed++) {
      byte[] view =
          Views.render(Views.chain(new CropResizePad(2, 2, Fill.BLACK)), image, 32, 32, seed);
      int left = view[3 * 32 * 16] & 0xff;
      int right = view[3 * (32 * 16 + 31)] & 0xff;
      // Half of a slope from 40 to 210, and no padding in it.
      assertThat(right - left).isBetween(78, 86);
      for (byte value : view) {
        assertThat(value & 0xff).isGreaterThanOrEqualTo(39);
      }
    }
  }

  @Property(tries = 2000)
  void powerAgreesWithStrictMath(
      @ForAll @DoubleRange(min = 0, max = 1) double x,
      @ForAll @DoubleRange(min = 0.1, max = 10) double exponent) {
    assertThat(Gamma.power(x, exponent)).isCloseTo(StrictMath.pow(x, exponent), within(1e-9));
  }

  @Test
  void gammaOfACurveIsThePowerOfEachValue() {
    Gamma gamma = new Gamma(0.1, 10);
    double[] exponents = {0.1, 0.37, 0.85, 1, 1.18, 2, 10};
    double[] curves = new double[3 * PhotometricTransform.CURVE_LENGTH];
    for (int i = 0; i < exponents.length; i++) {
      for (int v = 0; v < curves.length; v++) {
        // 8-bit values where it comes first, and any others.
        curves[v] = v < 300 ? v % 256 / 255.0 : v / 1000.0;
      }
      double[] bent = curves.clone();
      for (int channel = 0; channel < 3; channel++) {
        gamma.apply(exponents, i, channel, bent, channel * PhotometricTransform.CURVE_LENGTH);
      }
      for (int v = 0; v < curves.length; v++) {
        assertThat(bent[v]).isEqualTo(Gamma.power(curves[v], exponents[i]));
      }
    }
  }

  @Test
  void powerKeepsItsEndsExact() {
    assertThat(Gamma.power(0, 0.1)).isZero();
    assertThat(Gamma.power(Double.MIN_VALUE, 10)).isZero();
    assertThat(Gamma.power(1, 7.3)).isEqualTo(1);
    assertThat(Gamma.power(1e-300, 0.1)).isCloseTo(1e-30, within(1e-40));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void bitDepthLeavesThatManyLevels(int bits) {
    double[] curve = ramp();
    new BitDepthReduction(bits, bits).apply(new double[] {bits}, 0, 0, curve, 0);

    assertThat(Arrays.stream(curve).distinct().count()).isEqualTo(1L << bits);
    assertThat(curve[0]).isZero();
    assertThat(curve[255]).isEqualTo(1);
  }

  @Property(tries = 200)
  void photometricCurvesStayInRangeAndNeverFall(@ForAll long seed) {
    PhotometricTransform[] transforms = {
      new Gamma(0.1, 10),
      new Contrast(0, 10),
      new Brightness(1),
      new ChannelJitter(1, 1),
      new BitDepthReduction(1, 8)
    };
    for (PhotometricTransform transform : transforms) {
      double[] parameters = draw(transform, seed);
      for (int c = 0; c < 3; c++) {
        double[] curve = ramp();
        transform.apply(parameters, 0, c, curve, 0);
        assertThat(curve[0]).isBetween(0.0, 1.0);
        for (int v = 1; v < 256; v++) {
          assertThat(curve[v]).isBetween(curve[v - 1] - 1e-12, 1.0);
        }
      }
    }
  }

  private static double[] ramp() {
    double[] curve = new double[256];
    for (int v = 0; v < 256; v++) {
      curve[v] = v / 255.0;
    }
    return curve;
  }

  @Property(tries = 60)
  void medianIsTheMiddleOfTheSortedSquare(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 12) int width,
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 2, max = 3) int window) {
    Image image = Views.noise(width, height, seed);
    byte[] view =
        Views.render(Views.chain(new MedianSmoothing(window, window)), image, width, height, 1);
    int reach = window == 3 ? 1 : 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          int[] square = new int[window * window];
          int n = 0;
          for (int dy = -1; dy <= reach; dy++) {
            for (int dx = -1; dx <= reach; dx++) {
              int nearX = Math.max(0, Math.min(width - 1, x + dx));
              int nearY = Math.max(0, Math.min(height - 1, y + dy));
              square[n++] = image.data()[image.index(nearX, nearY) + c] & 0xff;
            }
          }
          Arrays.sort(square);
          assertThat(view[3 * (y * width + x) + c] & 0xff).isEqualTo(square[n / 2]);
        }
      }
    }
  }

  @Test
  void noiseHasItsDeviationAndNoBias() {
    Image grey = Image.black(100, 100);
    Arrays.fill(grey.data(), (byte) 128);
    byte[] view = Views.render(Views.chain(new GaussianNoise(9, 9)), grey, 100, 100, 3);
    double sum = 0;
    double squares = 0;
    for (byte value : view) {
      double d = (value & 0xff) - 128;
      sum += d;
      squares += d * d;
    }
    // Rounding adds 1/12 to the variance; tolerance five standard errors.
    assertThat(sum / view.length).isCloseTo(0, within(0.26));
    assertThat(squares / view.length).isCloseTo(81 + 1.0 / 12, within(3.4));
  }

  @Test
  void noiseOnBlackAndWhiteIsClippedNotWrapped() {
    Image white = Image.black(40, 40);
    Arrays.fill(white.data(), (byte) 255);
    TransformChain noise = Views.chain(new GaussianNoise(20, 20));

    for (byte value : Views.render(noise, white, 40, 40, 3)) {
      assertThat(value & 0xff).isGreaterThan(120);
    }
    for (byte value : Views.render(noise, Image.black(40, 40), 40, 40, 3)) {
      assertThat(value & 0xff).isLessThan(135);
    }
  }

  @Test
  void erasingPaintsOneRectangleOfTheDrawnArea() {
    Image white = Image.black(48, 48);
    Arrays.fill(white.data(), (byte) 255);
    for (long seed = 0; seed < 50; seed++) {
      byte[] view =
          Views.render(
              Views.chain(new RandomErasing(0.1, 0.1, 2, Fill.BLACK)), white, 48, 48, seed);
      int painted = 0;
      int left = 48;
      int right = -1;
      int top = 48;
      int bottom = -1;
      for (int i = 0; i < 48 * 48; i++) {
        if (view[3 * i] == 0) {
          painted++;
          left = Math.min(left, i % 48);
          right = Math.max(right, i % 48);
          top = Math.min(top, i / 48);
          bottom = Math.max(bottom, i / 48);
        }
      }
      assertThat(painted).isEqualTo((right - left + 1) * (bottom - top + 1));
      assertThat(painted / (48.0 * 48.0)).isCloseTo(0.1, within(0.013));
    }
  }

  @ParameterizedTest
  @CsvSource({"8,8", "32,32", "1,1", "13,29", "48,40"})
  void dctAtQuality100KeepsAllButRounding(int width, int height) {
    for (Image image : List.of(Views.noise(width, height, 4), Views.smooth(width, height))) {
      byte[] view =
          Views.render(Views.chain(new DctQuantisation(100, 100)), image, width, height, 1);
      assertThat(Views.largestDifference(view, image.data())).isLessThanOrEqualTo(5);
      assertThat(Views.meanDifference(view, image.data())).isLessThan(0.8);
    }
  }

  @Test
  void dctLosesMoreTheLowerTheQuality() {
    Image image = Views.noise(32, 32, 4);
    double before = 0;
    for (int quality : new int[] {100, 90, 75, 50, 25, 10, 1}) {
      byte[] view =
          Views.render(Views.chain(new DctQuantisation(quality, quality)), image, 32, 32, 1);
      double loss = Views.meanDifference(view, image.data());
      assertThat(loss).as("quality %d", quality).isGreaterThan(before);
      before = loss;
    }
  }

  /** The transform by its definition (ITU-T T.81, A.3.3) and table K.1 at quality 50, unscaled. */
  @Property(tries = 40)
  void fastDctIsTheStandardsDct(@ForAll long seed) {
    RandomStream random = new RandomStream(seed);
    byte[] rgb = new byte[3 * 64];
    for (int i = 0; i < 64; i++) {
      // Grey, so that chrominance is zero, and gentle, so that nothing is clipped.
      byte grey = (byte) (100 + random.nextInt(56));
      Arrays.fill(rgb, 3 * i, 3 * i + 3, grey);
    }
    int[] table = {
      16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69,
      56, 14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104,
      113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99
    };
    double[] kept = new double[64];
    boolean near = false;
    for (int v = 0; v < 8; v++) {
      for (int u = 0; u < 8; u++) {
        double sum = 0;
        for (int y = 0; y < 8; y++) {
          for (int x = 0; x < 8; x++) {
            sum += ((rgb[3 * (8 * y + x)] & 0xff) - 128) * basis(x, u) * basis(y, v);
          }
        }
        double level = sum / table[8 * v + u];
        near |= Math.abs(level - Math.floor(level) - 0.5) < 1e-4;
        kept[8 * v + u] = Math.rint(level) * table[8 * v + u];
      }
    }
    byte[] view =
        Views.render(Views.chain(new DctQuantisation(50, 50)), Image.of(8, 8, rgb), 8, 8, 1);
    for (int y = 0; !near && y < 8; y++) {
      for (int x = 0; x < 8; x++) {
        double value = 128;
        for (int k = 0; k < 64; k++) {
          value += kept[k] * basis(x, k % 8) * basis(y, k / 8);
        }
        assertThat((double) (view[3 * (8 * y + x)] & 0xff)).isCloseTo(value, within(0.502));
      }
    }
  }

  private static double basis(int position, int frequency) {
    double scale = frequency == 0 ? Math.sqrt(0.125) : 0.5;
    return scale * Math.cos((2 * position + 1) * frequency * Math.PI / 16);
  }
}
