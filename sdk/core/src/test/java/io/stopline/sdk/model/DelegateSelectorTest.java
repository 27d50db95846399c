package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelegateSelectorTest {

  private static final byte[] INPUT = {1, 2, 3};

  private final List<FakeModel> opened = new ArrayList<>();

  @Test
  void takesTheFirstThatAgreesAndClosesTheRest() {
    var selection = select(List.of("nnapi", "gpu", "xnnpack"), 0.01, 0.002f);
    assertThat(selection.model().delegate()).isEqualTo("gpu");
    assertThat(selection.passedOver())
        .containsExactly(new DelegateSelector.PassedOver("nnapi", "nnapi is not here"));
    assertThat(opened)
        .extracting(m -> m.delegate + " " + m.closed)
        .containsExactly("xnnpack 1", "gpu 0");
  }

  @Test
  void holdsEachAgainstTheTolerance() {
    var selection = select(List.of("gpu"), 0.001, 0.002f);
    assertThat(selection.model().delegate()).isEqualTo("xnnpack");
    assertThat(selection.passedOver().get(0).reason()).contains("disagrees", "reference input 0");
    assertThat(opened)
        .extracting(m -> m.delegate + " " + m.closed)
        .containsExactly("xnnpack 0", "gpu 1");
  }

  @Test
  void neverAgreesWithWhatIsNotANumber() {
    assertThat(select(List.of("gpu"), 1e9, Float.NaN).model().delegate()).isEqualTo("xnnpack");
  }

  @Test
  void refusesUnsoundTolerancesAndInputs() {
    assertThatThrownBy(() -> select(List.of("gpu"), Double.POSITIVE_INFINITY, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tolerance");
    assertThatThrownBy(
            () ->
                DelegateSelector.select(
                    List.of("xnnpack"), d -> open(d, 0), List.of(new byte[2]), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 bytes");
    assertThat(opened).allMatch(m -> m.closed == 1);
  }

  private DelegateSelector.Selection select(List<String> preference, double tolerance, float off) {
    return DelegateSelector.select(preference, d -> open(d, off), List.of(INPUT), tolerance);
  }

  private VisionModel open(String delegate, float off) {
    if (delegate.equals("nnapi")) {
      throw new IllegalStateException("nnapi is not here");
    }
    FakeModel model = new FakeModel(delegate, delegate.equals("xnnpack") ? 0 : off);
    opened.add(model);
    return model;
  }

  private static final class FakeModel implements VisionModel {
    private final String delegate;
    private final float off;
    private final ByteBuffer in = ByteBuffer.allocateDirect(3);
    private final ByteBuffer out = ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder());
    private int closed;

    FakeModel(String delegate, float off) {
      this.delegate = delegate;
      this.off = off;
    }

    @Override
    public List<TensorSpec> inputs() {
      return List.of(new TensorSpec("in", List.of(1, 3), ElementType.UINT8, 1, 0));
    }

    @Override
    public List<TensorSpec> outputs() {
      return List.of(new TensorSpec("out", List.of(1, 3), ElementType.FLOAT32, 0, 0));
    }

    @Override
    public ByteBuffer input(int index) {
      return in.duplicate();
    }

    @Override
    public ByteBuffer output(int index) {
      return out.duplicate();
    }

    @Override
    public void invoke() {
      for (int i = 0; i < 3; i++) {
        out.putFloat(4 * i, in.get(i) + off);
      }
    }

    @Override
    public String delegate() {
      return delegate;
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
