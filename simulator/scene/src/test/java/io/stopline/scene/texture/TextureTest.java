package io.stopline.scene.texture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class TextureTest {

  @Test
  void aFineCheckerboardIsGreyInLinearLightFromAfar() {
    BufferedImage board = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 64 * 64; i++) {
      board.setRGB(i % 64, i / 64, (i + i / 64) % 2 == 0 ? 0xffffffff : 0xff000000);
    }
    MipMap map = MipMap.of(board);

    assertThat(map.level(1)).containsOnly(0.5f, 1f);
    assertThat(map.level(map.last())).containsExactly(0.5f, 0.5f, 0.5f, 1f);
    assertThat(255 * Srgb.encode(0.5)).isCloseTo(188, within(0.5));
  }

  @Test
  void transparentTexelsLendNoColour() {
    BufferedImage half = new BufferedImage(2, 2, BufferedImage.TYPE_INT_ARGB);
    half.setRGB(0, 0, 0xffff0000);
    half.setRGB(0, 1, 0xffff0000);
    half.setRGB(1, 0, 0x0000ff00);
    half.setRGB(1, 1, 0x0000ff00);

    assertThat(MipMap.of(half).level(1)).containsExactly(0.5f, 0f, 0f, 0.5f);
  }

  @Test
  void aRipMapShortensEachDirectionByItself() {
    float[] stripes = new float[64];
    for (int i = 0; i < 64; i++) {
      stripes[i] = i % 2 == 0 ? 1 : -1;
    }
    RipMap map = new RipMap(8, stripes);

    assertThat(map.level(0, 1)).contains((short) RipMap.UNIT, (short) -RipMap.UNIT);
    assertThat(map.level(1, 0)).containsOnly((short) 0);
  }

  @Test
  void ripMapPlacesWrapAlsoWhereTheyOverflow() {
    float[] ramp = new float[64];
    for (int i = 0; i < 64; i++) {
      ramp[i] = i % 8;
    }
    short[] level = new RipMap(8, ramp).level(0, 0);
    int one = 1 << RipMap.FIXED_BITS;

    assertThat(RipMap.at(level, 3, 3, 5 * one, 0)).isEqualTo(5 * RipMap.UNIT);
    assertThat(RipMap.at(level, 3, 3, -3 * one, 0)).isEqualTo(5 * RipMap.UNIT);
    assertThat(RipMap.at(level, 3, 3, 5 * one + (1 << 31), 0)).isEqualTo(5 * RipMap.UNIT);
    assertThat(RipMap.at(level, 3, 3, 5 * one + one / 2, 0)).isEqualTo(5 * RipMap.UNIT + 1024);
  }

  @Test
  void noiseTilesAreNormalisedAndRepeatWithoutASeam() {
    float[] tile = Noise.tile(64, 4, 4, 0.6, 5);
    double square = 0;
    for (float v : tile) {
      square += v * v;
    }
    assertThat(Math.sqrt(square / tile.length)).isCloseTo(1, within(1e-3));
    assertThat(Noise.at(tile, 64, 1.25, -0.5)).isEqualTo(Noise.at(tile, 64, 0.25, 0.5));
    double within = 0;
    double across = 0;
    for (int y = 0; y < 64; y++) {
      within += Math.abs(tile[64 * y + 32] - tile[64 * y + 31]);
      across += Math.abs(tile[64 * y] - tile[64 * y + 63]);
    }
    assertThat(across).isLessThan(3 * within);
    assertThat(Arrays.equals(tile, Noise.tile(64, 4, 4, 0.6, 5))).isTrue();
  }

  @Test
  void srgbGoesBothWays() {
    for (int i = 0; i < 256; i++) {
      assertThat(255 * Srgb.encode(Srgb.linear(i))).isCloseTo(i, within(1e-3));
    }
  }
}
