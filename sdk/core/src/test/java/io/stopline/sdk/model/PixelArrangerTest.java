package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Images as callers write them reach a model in the order in which it reads them. */
final class PixelArrangerTest {

  /** Two pixels: (10, 20, 200) and (30, 40, 250). */
  private static final int[] RGB = {10, 20, 200, 30, 40, 250};

  private static int[] arranged(ImageLayout layout, ChannelOrder order) {
    ByteBuffer rgb = direct(RGB.length);
    for (int v : RGB) {
      rgb.put((byte) v);
    }
    ByteBuffer tensor = direct(2 * layout.channels());
    new PixelArranger(layout, order).arrange(ElementType.UINT8, rgb, tensor);
    int[] values = new int[tensor.capacity()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.get(i) & 0xff;
    }
    return values;
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  @Test
  void channelsComeInTheModelsOrder() {
    assertThat(arranged(new ImageLayout(1, 2, 3, false), ChannelOrder.RGB)).isEqualTo(RGB);
    assertThat(arranged(new ImageLayout(1, 2, 3, false), ChannelOrder.BGR))
        .containsExactly(200, 20, 10, 250, 40, 30);
    assertThat(arranged(new ImageLayout(1, 2, 3, true), ChannelOrder.RGB))
        .containsExactly(10, 30, 20, 40, 200, 250);
    assertThat(arranged(new ImageLayout(1, 2, 3, true), ChannelOrder.BGR))
        .containsExactly(200, 250, 20, 40, 10, 30);
  }

  @Test
  void greyIsLuma() {
    // 0.299 · 10 + 0.587 · 20 + 0.114 · 200 = 37.53; 60.95 for the other.
    assertThat(arranged(new ImageLayout(1, 2, 1, false), ChannelOrder.RGB)).containsExactly(38, 61);
  }

  @Test
  void floatsAndSignedBytesAreArrangedAlike() {
    ImageLayout layout = new ImageLayout(1, 2, 1, false);
    PixelArranger arranger = new PixelArranger(layout, ChannelOrder.RGB);
    float[] reals = {10, 20, 200, 30, 40, 250};
    float[] grey = new float[2];
    arranger.arrange(reals, 0, grey);
    assertThat(grey[0]).isCloseTo(37.53f, within(1e-4f));

    ByteBuffer floats = direct(4 * RGB.length);
    for (float v : reals) {
      floats.putFloat(v);
    }
    ByteBuffer tensor = direct(8);
    arranger.arrange(ElementType.FLOAT32, floats, tensor);
    assertThat(tensor.getFloat(0)).isEqualTo(grey[0]);

    ByteBuffer signed = direct(RGB.length);
    for (int v : RGB) {
      signed.put((byte) (v - 128));
    }
    ByteBuffer bytes = direct(2);
    arranger.arrange(ElementType.INT8, signed, bytes);
    assertThat(bytes.get(0) + 128).isEqualTo(38);
  }

  @Test
  void layoutsAreSeenFromTheShape() {
    assertThat(ImageLayout.of(List.of(1, 48, 64, 3))).isEqualTo(new ImageLayout(48, 64, 3, false));
    assertThat(ImageLayout.of(List.of(1, 3, 48, 64))).isEqualTo(new ImageLayout(48, 64, 3, true));
    assertThat(ImageLayout.of(List.of(1, 48, 64, 1))).isEqualTo(new ImageLayout(48, 64, 1, false));
    assertThat(ImageLayout.of(List.of(1, 1, 48, 64))).isEqualTo(new ImageLayout(48, 64, 1, true));
    // A single row of colours is still read with its channels last.
    assertThat(ImageLayout.of(List.of(1, 3, 48, 3)).channelsFirst()).isFalse();
    for (List<Integer> shape :
        List.of(
            List.of(1, 48, 64, 4),
            List.of(1, 4, 4, 1),
            List.of(8, 48, 64, 3),
            List.of(48, 64, 3),
            List.of(1, 43))) {
      assertThatThrownBy(() -> ImageLayout.of(shape))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one image is 1×H×W×3");
    }
  }
}
