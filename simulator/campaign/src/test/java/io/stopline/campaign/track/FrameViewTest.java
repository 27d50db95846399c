package io.stopline.campaign.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import java.awt.geom.Ellipse2D;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stand-in of one frame: what it shows, and the way back. */
final class FrameViewTest {

  private static final int WIDTH = 40;
  private static final int HEIGHT = 36;
  private static final int SIDE = 16;

  private static FrameView view() {
    CellWeights weights =
        CellWeights.of(
            WIDTH,
            HEIGHT,
            (x, y, face) -> {
              face[0] = (x - 6 + 0.1 * y) / 28;
              face[1] = (y - 5) / 25;
            },
            1.3,
            CellWeights.inside(new Ellipse2D.Double(0, 0, 1, 1)),
            false);
    return new FrameView(Signs.noise(WIDTH, HEIGHT, 1), filled(20), filled(210), weights, null);
  }

  private static Image filled(int value) {
    Image image = Image.black(WIDTH, HEIGHT);
    Arrays.fill(image.data(), (byte) value);
    return image;
  }

  private static FacePaint paint(long seed) {
    RandomStream random = new RandomStream(seed);
    FacePaint paint = new FacePaint();
    for (int cell = 0; cell < FacePaint.CELLS; cell++) {
      paint.cover[cell] = (float) random.nextDouble();
      for (int c = 0; c < 3; c++) {
        paint.ink[3 * cell + c] = (float) (paint.cover[cell] * random.nextDouble());
      }
    }
    return paint;
  }

  @Test
  void aCleanSignIsTheExactPicture() {
    Image picture = view().picture(new FacePaint(), new FrameView.Trace());
    assertThat(picture.data()).isEqualTo(Signs.noise(WIDTH, HEIGHT, 1).data());
  }

  @Test
  void whiteFilmAllOverIsWhiteFilm() {
    FacePaint white = new FacePaint();
    Arrays.fill(white.cover, 1);
    Arrays.fill(white.ink, 1);
    Image picture = view().picture(white, new FrameView.Trace());
    int middle = picture.index(WIDTH / 2 - 4, HEIGHT / 2);
    assertThat(picture.data()[middle] & 0xff).isEqualTo(210);
    assertThat(picture.data()[0]).isEqualTo(Signs.noise(WIDTH, HEIGHT, 1).data()[0]);
  }

  /** The gradient of a weighted sum of the view against differences, in 40 cells. */
  @Test
  void theWayBackIsTheGradient() {
    FrameView view = view();
    FacePaint paint = paint(3);
    Region crop = new Region(3, 2, 33, 31);
    float[] weights = new float[3 * SIDE * SIDE];
    RandomStream random = new RandomStream(4);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    FrameView.Trace trace = new FrameView.Trace();
    sum(view, paint, crop, weights, trace);
    FacePaint gradient = new FacePaint();
    view.backward(trace, weights, 0, gradient);
    double seen = 0;
    for (int i = 0; i < 40; i++) {
      int cell = random.nextInt(FacePaint.CELLS);
      seen += Math.abs(gradient.cover[cell]);
      assertThat((double) gradient.cover[cell])
          .isCloseTo(difference(view, paint, crop, weights, paint.cover, cell), within(2e-3));
      int ink = 3 * cell + i % 3;
      assertThat((double) gradient.ink[ink])
          .isCloseTo(difference(view, paint, crop, weights, paint.ink, ink), within(2e-3));
    }
    assertThat(seen).isGreaterThan(0.1);
  }

  private static double difference(
      FrameView view, FacePaint paint, Region crop, float[] weights, float[] values, int at) {
    float kept = values[at];
    float step = 0.05f;
    values[at] = kept + step;
    double more = sum(view, paint, crop, weights, new FrameView.Trace());
    values[at] = kept - step;
    double less = sum(view, paint, crop, weights, new FrameView.Trace());
    values[at] = kept;
    return (more - less) / (2 * step);
  }

  private static double sum(
      FrameView view, FacePaint paint, Region crop, float[] weights, FrameView.Trace trace) {
    float[] seen = new float[weights.length];
    view.forward(paint, crop, SIDE, seen, 0, trace);
    double sum = 0;
    for (int i = 0; i < seen.length; i++) {
      sum += (double) weights[i] * seen[i];
    }
    return sum;
  }

  /** The view against what the guard's own renderer makes of the same picture. */
  @ParameterizedTest
  @CsvSource({"40,36", "33,31", "16,16", "11,9", "24,30"})
  void cutsOutAndScalesAsTheGuardDoes(int width, int height) {
    Region crop = new Region(1, 0, Math.min(width, WIDTH - 1), height);
    FrameView view = view();
    float[] seen = new float[3 * SIDE * SIDE];
    view.forward(new FacePaint(), crop, SIDE, seen, 0, new FrameView.Trace());
    TensorSpec spec = new TensorSpec("input", List.of(1, SIDE, SIDE, 3), ElementType.FLOAT32, 0, 0);
    ByteBuffer tensor = ByteBuffer.allocateDirect(4 * seen.length).order(ByteOrder.nativeOrder());
    new TransformRenderer(TransformChain.identity(), spec, InputEncoding.UNIT)
        .render(Signs.noise(WIDTH, HEIGHT, 1).view(crop), 0, tensor);
    for (int i = 0; i < seen.length; i++) {
      assertThat(seen[i]).isCloseTo(tensor.getFloat(4 * i), within(2 / 255f));
    }
  }
}
